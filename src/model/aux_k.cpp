#include "model/aux_k.h"

#include <algorithm>

#include "model/rules.h"

namespace ksweep {
namespace {

/// Returns a unit's ReLU activation before any sparsity rule.  AuxK requires ReLU units.
float activation(const PreActivations& z, int unit, int sample) { return std::max(0.0f, z.at(unit, sample)); }

/// Returns the sum of squared distances of rows (n_rows x stride) to their mean.
double squared_distance_to_mean(const float* rows, int n_rows, int stride) {
  std::vector<double> mean(static_cast<std::size_t>(stride));
  for (int i = 0; i < n_rows; ++i)
    for (int c = 0; c < stride; ++c)
      mean[static_cast<std::size_t>(c)] += static_cast<double>(rows[std::ptrdiff_t{i} * stride + c]) / n_rows;
  double sum = 0;
  for (int i = 0; i < n_rows; ++i)
    for (int c = 0; c < stride; ++c) {
      const double distance =
          static_cast<double>(rows[std::ptrdiff_t{i} * stride + c]) - mean[static_cast<std::size_t>(c)];
      sum += distance * distance;
    }
  return sum;
}

float scale_of(AuxLoss loss, const float* residuals, int n_samples, int stride) {
  if (loss == AuxLoss::plain) return 1;
  const double spread = squared_distance_to_mean(residuals, n_samples, stride);
  return spread > 0 ? static_cast<float>(2 * n_samples / spread) : 0;
}

}  // namespace

void AuxK::reconstruct(const Network& network, const PreActivations& z, const AlignedFloats& residuals,
                       std::span<const std::int32_t> dead, int n_units, AuxLoss loss) {
  mark_largest(z, dead, n_units);
  scale_ = scale_of(loss, residuals.data(), z.n_samples(), stride_);
  if (residuals_.empty()) residuals_ = AlignedFloats(residuals.size());
  std::copy_n(residuals.data(), std::ptrdiff_t{z.n_samples()} * stride_, residuals_.data());
  code_.clear();
  std::size_t d = 0;
  for (int unit = 0; unit < network.n_hidden; code_.end_unit(unit++)) {
    if (d == dead.size() || dead[d] != unit) continue;
    for (int i = 0; i < z.n_samples(); ++i) {
      const float value = activation(z, unit, i);
      if (!marks_[static_cast<std::size_t>(i) * dead.size() + d] || value == 0) continue;
      code_.add(i, value);
      kernels_.add_scaled(residuals_.data() + std::ptrdiff_t{i} * stride_, network.decoder_row(unit), value,
                          stride_);
    }
    ++d;
  }
  is_used_ = true;
}

void AuxK::mark_largest(const PreActivations& z, std::span<const std::int32_t> dead, int n_units) {
  marks_.assign(static_cast<std::size_t>(z.n_samples()) * dead.size(), 0);
  std::vector<float> activations(dead.size());
  for (int i = 0; i < z.n_samples(); ++i) {
    for (std::size_t d = 0; d < dead.size(); ++d) activations[d] = activation(z, dead[d], i);
    keep_largest(activations, static_cast<std::size_t>(n_units),
                 std::span(marks_).subspan(static_cast<std::size_t>(i) * dead.size(), dead.size()));
  }
}

}  // namespace ksweep
