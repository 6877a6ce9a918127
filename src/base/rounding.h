#pragma once

#include <algorithm>

namespace ksweep {

/// Whether numbers with this standard deviation, whose magnitude is at most `size`, may be a constant but for rounding.
inline bool may_be_constant(double deviation, double size) {
  constexpr double rounding_share = 1e-6;    // a few units in the last place of a float
  constexpr double least_deviation = 1e-30;  // its inverse, times a float, does not overflow
  return deviation <= std::max(rounding_share * size, least_deviation);
}

}  // namespace ksweep
