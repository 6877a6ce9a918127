#pragma once

#include <cstdint>
#include <vector>

namespace ksweep {

/// Activity of a layer's units over a part of the data.
struct UnitActivity {
  std::vector<std::uint32_t> active;  ///< (unit) samples for which it is non-zero
  std::vector<double> sum;            ///< (unit) sum of activations
};

/// What is known of codes that are counted and not kept.
struct CodeActivity {
  UnitActivity train;
  double l0 = 0;  ///< mean number of non-zero units of a validation sample
};

}  // namespace ksweep
