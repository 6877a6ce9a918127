#include "data/sample_statistics.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace ksweep {
namespace {

std::vector<double> norms_of(const MatrixView<float>& samples) {
  std::vector<double> norms;
  for (Eigen::Index row = 0; row < samples.rows(); ++row)
    norms.push_back(samples.row(row).cast<double>().norm());
  return norms;
}

Vector<double> mean_of(const MatrixView<float>& samples) {
  Vector<double> sum = Vector<double>::Zero(samples.cols());
  for (Eigen::Index row = 0; row < samples.rows(); ++row) sum += samples.row(row).transpose().cast<double>();
  return sum / static_cast<double>(samples.rows());
}

/// Returns the number at this share of the sorted numbers, the lower of two.
double quantile(const std::vector<double>& sorted, double share) {
  return sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))];
}

}  // namespace

SampleStatistics statistics_of(const MatrixView<float>& samples) {
  SampleStatistics statistics;
  const auto norms = norms_of(samples);
  auto sorted = norms;
  std::ranges::sort(sorted);
  std::ranges::transform(std::array{0.0, 0.01, 0.5, 0.99, 1.0}, statistics.norm_quantiles.begin(),
                         [&](double share) { return quantile(sorted, share); });
  const double bound = outlier_factor * statistics.norm_quantiles[2];
  const Vector<double> mean = mean_of(samples);
  double all = 0, outlying = 0;
  for (Eigen::Index row = 0; row < samples.rows(); ++row) {
    const double squares = (samples.row(row).transpose().cast<double>() - mean).squaredNorm();
    all += squares;
    if (norms[static_cast<std::size_t>(row)] <= bound) continue;
    outlying += squares;
    ++statistics.n_outliers;
  }
  const double deviations = std::sqrt(all / static_cast<double>(samples.rows()));
  if (mean.norm() > 0) statistics.gamma = mean.norm() / deviations;
  if (all > 0) statistics.outlier_share = outlying / all;
  return statistics;
}

}  // namespace ksweep
