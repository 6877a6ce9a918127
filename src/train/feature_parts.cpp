#include "train/feature_parts.h"

#include <algorithm>

namespace ksweep {

double mean_nonzeros(const Features& features) {
  const double n = static_cast<double>(features.n_samples);
  if (!features.dense())
    return static_cast<double>(std::ranges::count_if(features.value, [](float v) { return v != 0; })) / n;
  return static_cast<double>(std::ranges::count_if(features.own_rows, [](float v) { return v != 0; })) / n;
}

}  // namespace ksweep
