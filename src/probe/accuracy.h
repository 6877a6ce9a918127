#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace ksweep {

struct Accuracy {
  double overall = 0;
  std::vector<double> per_class;        ///< (n_classes); NaN for a class without samples
  std::vector<std::int32_t> confusion;  ///< (true class x predicted class), counts
};

/// Compares predictions with labels of the same length.
Accuracy accuracy_of(std::span<const std::int32_t> predicted, std::span<const std::int32_t> labels,
                     int n_classes);

}  // namespace ksweep
