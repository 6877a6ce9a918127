#include "measure/fvu.h"

#include <omp.h>

#include <cmath>
#include <limits>

namespace ksweep {
namespace {

constexpr double undefined = std::numeric_limits<double>::quiet_NaN();

}  // namespace

void ReconstructionSums::add(std::size_t n, const RowsView& samples, const RowsView& results, Given given,
                             const Team& team) {
  of_sample_.resize(std::max(of_sample_.size(), n));
  const std::size_t n_inputs = sum_.size();
  const double share = given == Given::error ? 1 : 0;
#pragma omp parallel for num_threads(team.n_threads()) schedule(static)
  for (std::size_t i = 0; i < n; ++i) {
    const float *const x = samples.row(i), *const y = results.row(i);
    OfSample sums{};
    for (std::size_t c = 0; c < n_inputs; ++c) {
      const double input = static_cast<double>(x[c]), given_number = static_cast<double>(y[c]);
      const double output = given_number + share * input, error = given_number - (1 - share) * input;
      sums.error += error * error;
      sums.square += input * input;
      sums.result_square += output * output;
      sums.product += input * output;
    }
    of_sample_[i] = sums;
  }
  add_vectors(n, samples, team);
  n_samples_ += n;
  for (std::size_t i = 0; i < n; ++i) {
    const OfSample& sums = of_sample_[i];
    error_ += sums.error;
    square_ += sums.square;
    if (sums.square == 0) continue;
    ++n_directed_;
    if (sums.result_square > 0) cosine_ += sums.product / std::sqrt(sums.square * sums.result_square);
    ratio_ += std::sqrt(sums.result_square / sums.square);
  }
}

/// Each thread sums its own inputs over all samples.
void ReconstructionSums::add_vectors(std::size_t n, const RowsView& samples, const Team& team) {
#pragma omp parallel num_threads(team.n_threads())
  {
    const auto n_parts = static_cast<std::size_t>(omp_get_num_threads()),
               part = static_cast<std::size_t>(omp_get_thread_num());
    const std::size_t begin = sum_.size() * part / n_parts, end = sum_.size() * (part + 1) / n_parts;
    for (std::size_t i = 0; i < n; ++i) {
      const float* const x = samples.row(i);
      for (std::size_t c = begin; c < end; ++c) sum_[c] += static_cast<double>(x[c]);
    }
  }
}

double ReconstructionSums::fvu() const {
  if (n_samples_ == 0) return undefined;
  double of_sum = 0;
  for (const double each : sum_) of_sum += each * each;
  const double spread = square_ - of_sum / static_cast<double>(n_samples_);
  const double rounding = std::numeric_limits<double>::epsilon() * static_cast<double>(n_samples_) * square_;
  return spread > rounding ? error_ / spread : undefined;
}

double ReconstructionSums::cosine() const {
  return n_directed_ > 0 ? cosine_ / static_cast<double>(n_directed_) : undefined;
}

double ReconstructionSums::norm_ratio() const {
  return n_directed_ > 0 ? ratio_ / static_cast<double>(n_directed_) : undefined;
}

}  // namespace ksweep
