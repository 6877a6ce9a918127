#include "train/feature_parts.h"

#include <algorithm>

namespace ksweep {

double mean_nonzeros(const Features& features) {
  const double n = static_cast<double>(features.n_samples);
  if (!features.dense())
    return static_cast<double>(std::ranges::count_if(features.value, [](float v) { return v != 0; })) / n;
  return static_cast<double>(std::ranges::count_if(features.own_rows, [](float v) { return v != 0; })) / n;
}

std::vector<double> sums_of_features(const Features& features) {
  const auto n_features = static_cast<std::size_t>(features.n_features);
  std::vector<double> sums(n_features);
  if (features.dense()) {
    for (std::size_t i = 0; i < features.n_samples; ++i)
      for (std::size_t f = 0; f < n_features; ++f) sums[f] += static_cast<double>(features.dense_row(i)[f]);
    return sums;
  }
  for (std::size_t block = 0; block + 1 < features.block_begin.size(); ++block)
    for (std::size_t f = 0; f < n_features; ++f) {
      const std::int32_t* bounds = features.feature_begin.data() + block * (n_features + 1) + f;
      for (std::int32_t e = bounds[0]; e < bounds[1]; ++e)
        sums[f] +=
            static_cast<double>(features.value[features.block_begin[block] + static_cast<std::size_t>(e)]);
    }
  return sums;
}

}  // namespace ksweep
