#pragma once

#include <functional>
#include <string>
#include <vector>

#include "sweep/entries.h"
#include "sweep/sweep.h"

namespace ksweep {

/// A subset of the product of the axes.
struct Grid {
  /// A condition: an axis has this value.
  struct Term {
    std::size_t axis;
    std::string value;
  };

  std::vector<Axis> axes;  ///< in file order
  std::vector<std::vector<std::size_t>>
      groups;                                 ///< each axis is in one group; axes of a group advance together
  std::vector<std::vector<Term>> exclusions;  ///< a point is excluded if all terms of one of these hold
};

/// Returns the grid over `axes` with grid.zip and grid.exclude from `entries`.  `base`: the values of all
/// other keys.  Throws UserError.
Grid make_grid(std::vector<Axis> axes, const Trial& base, const std::vector<Entry>& entries);

/// Returns the number of points before exclusions.
double count_points(const Grid& grid);

/// Calls `visit` with the value index of each axis for each point that is not excluded; the last group varies
/// fastest.
void for_each_point(const Grid& grid,
                    const std::function<void(const std::vector<std::size_t>& values)>& visit);

}  // namespace ksweep
