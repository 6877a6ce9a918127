#pragma once

#include "probe/block_products.h"
#include "probe/sample_rows.h"

namespace ksweep {

enum class Metric;  // core/trial.h

/// Samples as points of a metric space: x = scale * features.
struct Points {
  const Features& features;
  Metric metric;
  Rows rows;
  std::vector<float> scale;           ///< (n_samples) 1; for cosine 1 / length, or 1 if the length is 0
  std::vector<float> squared_length;  ///< (n_samples) |x|^2

  std::size_t size() const { return rows.size(); }
};

/// Returns points with Euclidean distances, for cosine on the unit sphere, where the squared distance is
/// 2 - 2 cos(angle).  Features must outlive the result.
Points points_of(const Features& features, Metric metric);

/// Points in space, one per column.
struct Centres {
  Columns columns;
  std::vector<float> squared_length;  ///< (n_centres); infinite if the centre does not exist

  Centres(int n_features, int n_centres);
  int count() const { return static_cast<int>(squared_length.size()); }
};

/// Returns the mean of the points of each group 0 .. n_groups - 1; a group without points has no centre.  For
/// cosine the direction of the mean, which minimises the sum of distances (spherical k-means, Dhillon & Modha
/// 2001).  A zero mean counts as orthogonal to all points.
Centres means_of(const Points& points, std::span<const std::int32_t> group, int n_groups, const Team& team);

struct Nearest {
  std::vector<std::int32_t> centre;  ///< (n_points) nearest centre; ties: the lower
  double squared_distance = 0;       ///< sum over all points
};
Nearest nearest_of(const Kernels& kernels, const Points& points, const Centres& centres, const Team& team);

}  // namespace ksweep
