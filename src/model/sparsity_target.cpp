#include "model/sparsity_target.h"

namespace ksweep {

SparsityTarget::SparsityTarget(const PenaltyRule& rule, double decay, int n_units)
    : rule_(rule), decay_(decay) {
  if (rule.kind != Penalty::kl) return;
  means_.resize(static_cast<std::size_t>(n_units));
  slopes_.resize(means_.size());
}

void SparsityTarget::add(std::span<const double> sums, int n_samples, std::int64_t step) {
  for (std::size_t unit = 0; unit < means_.size(); ++unit) {
    const double mean = sums[unit] / n_samples;
    means_[unit] = step == 0 ? mean : decay_ * means_[unit] + (1 - decay_) * mean;
    slopes_[unit] = rule_.weight * static_cast<float>(means_[unit] - static_cast<double>(rule_.target));
  }
}

}  // namespace ksweep
