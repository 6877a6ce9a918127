#include "data/sample_statistics.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/matrix.h"

namespace ksweep {
namespace {

/// Calls use(row), row: (n_inputs) in double precision, for each sample in order.
template <class Use>
void for_each_row(const SampleRows& samples, std::size_t n_samples, int n_inputs, const Use& use) {
  std::vector<float> buffer(static_cast<std::size_t>(n_inputs));
  for (std::size_t row = 0; row < n_samples; ++row) {
    const float* const numbers = samples.row(static_cast<std::uint32_t>(row), n_inputs, buffer.data());
    use(Eigen::Map<const Vector<float>>(numbers, n_inputs).cast<double>());
  }
}

/// Returns the number at this share of the sorted numbers, the lower of two.
double quantile(const std::vector<double>& sorted, double share) {
  return sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))];
}

}  // namespace

SampleStatistics statistics_of(const SampleRows& samples, std::size_t n_samples, int n_inputs) {
  SampleStatistics statistics;
  std::vector<double> norms;
  Vector<double> mean = Vector<double>::Zero(n_inputs);
  for_each_row(samples, n_samples, n_inputs, [&](const auto& row) {
    norms.push_back(row.norm());
    mean += row;
  });
  mean /= static_cast<double>(n_samples);
  auto sorted = norms;
  std::ranges::sort(sorted);
  std::ranges::transform(std::array{0.0, 0.01, 0.5, 0.99, 1.0}, statistics.norm_quantiles.begin(),
                         [&](double share) { return quantile(sorted, share); });
  const double bound = outlier_factor * statistics.norm_quantiles[2];
  double all = 0, outlying = 0;
  std::size_t next = 0;
  for_each_row(samples, n_samples, n_inputs, [&](const auto& row) {
    const double squares = (row - mean).squaredNorm();
    all += squares;
    if (norms[next++] <= bound) return;
    outlying += squares;
    ++statistics.n_outliers;
  });
  const double deviations = std::sqrt(all / static_cast<double>(n_samples));
  if (mean.norm() > 0) statistics.gamma = mean.norm() / deviations;
  if (all > 0) statistics.outlier_share = outlying / all;
  return statistics;
}

}  // namespace ksweep
