#pragma once

#include <array>
#include <cstddef>

#include "data/dataset.h"

namespace ksweep {

/// Samples above this multiple of the median norm count as outliers.
inline constexpr double outlier_factor = 10;

/// What decides whether a sparse autoencoder without further care can learn from samples as they are.
struct SampleStatistics {
  double gamma = 0;  ///< norm of the mean over that of the inputs' standard deviations
  std::array<double, 5> norm_quantiles = {};  ///< of the samples' norms: 0, 1, 50, 99 and 100 %
  std::size_t n_outliers = 0;                 ///< samples with a norm above outlier_factor times the median
  double outlier_share = 0;                   ///< their share of the sum of squared distances from the mean
};

/// Returns the statistics of the training samples, summed in their order.  gamma is infinite if all are equal but not zero.
/// Source: gamma, Simon et al. 2026, arXiv:2605.31518.
SampleStatistics statistics_of(const SampleRows& samples, std::size_t n_samples, int n_inputs);

}  // namespace ksweep
