#pragma once

#include "probe/block_products.h"
#include "probe/sample_rows.h"

namespace ksweep {

enum class Metric;  // core/trial.h

/// Samples as points between which distances are measured: x = scale * features.
struct Points {
  const Features& features;
  Metric metric;
  Rows rows;
  std::vector<float> scale;  ///< (n_samples) 1; by cosine 1 / length (of a sample without features: 1)
  std::vector<float> squared_length;  ///< (n_samples) of x

  std::size_t size() const { return rows.size(); }
};

/// Distances between points: Euclidean, or by cosine (Euclidean on the unit sphere: 2 - 2 cosine of the angle).
/// Features must outlive it.
Points points_of(const Features& features, Metric metric);

/// Some points in space, one a column.
struct Centres {
  Columns columns;
  std::vector<float> squared_length;  ///< (n_centres); infinite: no such centre, nothing is near it

  Centres(int n_features, int n_centres);
  int count() const { return static_cast<int>(squared_length.size()); }
};

/// Mean of the points of each group, 0 .. n_groups - 1; of a group without points there is no centre.  By cosine the
/// direction of the mean: of all directions that with the least sum of distances (spherical k-means, Dhillon & Modha 2001).  One without
/// a direction is at a right angle to all points.
Centres means_of(const Points& points, std::span<const std::int32_t> group, int n_groups, const Team& team);

struct Nearest {
  std::vector<std::int32_t> centre;  ///< (n_points), ties: the lower
  double squared_distance = 0;       ///< summed over all points
};
Nearest nearest_of(const Kernels& kernels, const Points& points, const Centres& centres, const Team& team);

}  // namespace ksweep
