#pragma once

#include <functional>
#include <string>
#include <vector>

#include "sweep/entries.h"
#include "sweep/sweep.h"

namespace ksweep {

/// Which points of the product of the axes are visited.
struct Grid {
  /// A condition on one axis: that it has this value.
  struct Term {
    std::size_t axis;
    std::string value;
  };

  std::vector<Axis> axes;                        ///< in file order
  std::vector<std::vector<std::size_t>> groups;  ///< every axis once; those of one group advance together
  std::vector<std::vector<Term>> exclusions;     ///< a point is left out if all terms of one of these hold
};

/// The grid over `axes` with the grid.zip and grid.exclude of `entries`.  `base`: the values of all other
/// keys. Throws UserError.
Grid make_grid(std::vector<Axis> axes, const Trial& base, const std::vector<Entry>& entries);

/// Number of points before exclusions.
double count_points(const Grid& grid);

/// Calls `visit` with the value index of each axis, for each point that is not left out; the last group is
/// fastest.
void for_each_point(const Grid& grid,
                    const std::function<void(const std::vector<std::size_t>& values)>& visit);

}  // namespace ksweep
