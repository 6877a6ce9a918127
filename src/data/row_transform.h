#pragma once

#include <cstddef>
#include <vector>

namespace ksweep {

/// What happens to a row after it was read, in single precision: (number / divisor - shift) * factor.
struct RowTransform {
  float divisor = 1;
  std::vector<float> shift = {};  ///< (n_inputs), empty: none
  float factor = 1;
  void apply(float* numbers, std::size_t n_inputs) const;
};

}  // namespace ksweep
