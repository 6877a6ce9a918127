#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "kernels/aligned.h"

namespace ksweep {

/// Directions of units in the space of the inputs, such as decoder columns, one a row.
struct DirectionsView {
  const float* rows = nullptr;
  int n = 0, n_inputs = 0;
  std::ptrdiff_t stride = 0;
};

/// Directions of length 1, rows padded with zeros.  A direction of length 0 stays zero, and has the cosine 0 with all.
struct UnitRows {
  int n = 0, stride = 0;
  AlignedFloats rows;  ///< (n x stride)

  const float* row(int i) const { return rows.data() + std::ptrdiff_t{i} * stride; }
};

/// Returns the directions with length 1.  is_wanted: (n) leaves out others; empty: all.  Rows keep their order.
UnitRows unit_rows(const DirectionsView& directions, std::span<const std::uint8_t> is_wanted = {});

/// Returns n random directions, uniform on the sphere, of a stream that `index` names.
UnitRows random_directions(int n, int n_inputs, std::uint64_t index);

}  // namespace ksweep
