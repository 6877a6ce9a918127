#pragma once

#include <functional>

#include "base/team.h"
#include "core/trial.h"
#include "kernels/kernels.h"
#include "measure/unit_rows.h"

namespace ksweep {

/// Whether opposite directions are different or the same.  Units that are never negative only ever add their direction;
/// linear units add it with either sign.
enum class Sign { matters, ignored };

/// Linear units of which all are kept are as often negative as positive.
Sign sign_of_directions(const Trial& trial);

/// Some rows of a matrix of cosines.
struct CosineRows {
  int first = 0, count = 0;        ///< directions of the left side
  const float* cosines = nullptr;  ///< (count x stride), one for each direction of the right side
  std::ptrdiff_t stride = 0;
  const float* of(int left) const { return cosines + std::ptrdiff_t{left - first} * stride; }
};

/// Calls use(CosineRows) for blocks of rows of the cosines of all directions of `left` with all of `right`, in parallel
/// and in any order.  `use` must not throw.  Requires equal strides.
void for_each_cosines(const Kernels& kernels, const UnitRows& left, const UnitRows& right, const Team& team,
                      Sign sign, const std::function<void(const CosineRows&)>& use);

}  // namespace ksweep
