#include "probe/kmeans.h"

#include <algorithm>
#include <limits>

#include "base/errors.h"
#include "base/random.h"
#include "core/trial.h"

namespace ksweep {
namespace {

constexpr int most_iterations = 300;
constexpr double least_fall = 1e-5;

void put_centre(const Points& points, std::size_t point, int centre, Centres& centres) {
  for_each_entry(points.rows[point], [&](int feature, float value) {
    centres.columns.at(feature, centre) = points.scale[point] * value;
  });
  centres.squared_length[static_cast<std::size_t>(centre)] =
      points.metric == Metric::cosine ? 1 : points.squared_length[point];
}

/// Sets distance[i] to the minimum of itself and the squared distance of point i to a centre.
void lower_distances(const Points& points, const Centres& centres, int centre, const Team& team,
                     std::vector<double>& distance) {
  const auto length = static_cast<double>(centres.squared_length[static_cast<std::size_t>(centre)]);
#pragma omp parallel for num_threads(team.n_threads()) schedule(static)
  for (std::size_t i = 0; i < points.size(); ++i) {
    double product = 0;
    for_each_entry(points.rows[i], [&](int feature, float value) {
      product += static_cast<double>(value) * static_cast<double>(centres.columns.at(feature, centre));
    });
    const double here = static_cast<double>(points.squared_length[i]) + length -
                        2 * static_cast<double>(points.scale[i]) * product;
    distance[i] = std::clamp(here, 0.0, distance[i]);
  }
}

/// Draws a point with probability proportional to its weight; uniformly if all weights are zero.
std::size_t draw(const std::vector<double>& weight, RandomStream& stream) {
  double sum = 0;
  for (const double w : weight) sum += w;
  double left = stream.uniform() * sum;
  for (std::size_t i = 0; i < weight.size(); ++i)
    if ((left -= weight[i]) < 0) return i;
  return stream.below(static_cast<std::uint32_t>(weight.size()));
}

/// k-means++: draws each centre with probability proportional to the squared distance to the nearest previous
/// one.
Centres first_centres(const Points& points, int n_clusters, RandomStream stream, const Team& team) {
  Centres centres(points.rows.n_features(), n_clusters);
  std::vector<double> distance(points.size(), std::numeric_limits<double>::max());
  put_centre(points, stream.below(static_cast<std::uint32_t>(points.size())), 0, centres);
  for (int next = 1; next < n_clusters; ++next) {
    lower_distances(points, centres, next - 1, team, distance);
    put_centre(points, draw(distance, stream), next, centres);
  }
  return centres;
}

void keep_empty(const Centres& before, Centres& centres) {
  for (int c = 0; c < centres.count(); ++c) {
    const auto at = static_cast<std::size_t>(c);
    if (centres.squared_length[at] < std::numeric_limits<float>::infinity()) continue;
    centres.squared_length[at] = before.squared_length[at];
    const auto n_features = static_cast<int>(before.columns.values.size()) / before.columns.n_columns;
    for (int feature = 0; feature < n_features; ++feature)
      centres.columns.at(feature, c) = before.columns.at(feature, c);
  }
}

Clustering cluster_once(const Kernels& kernels, const Points& points, Centres centres, const Team& team,
                        const KeepGoing& keep_going) {
  double before = std::numeric_limits<double>::infinity();
  for (int iteration = 1;; ++iteration) {
    if (!keep_going()) throw Interrupted();
    const Nearest nearest = nearest_of(kernels, points, centres, team);
    if (nearest.squared_distance >= (1 - least_fall) * before || iteration == most_iterations)
      return {std::move(centres), nearest.squared_distance, iteration};
    before = nearest.squared_distance;
    Centres means = means_of(points, nearest.centre, centres.count(), team);
    keep_empty(centres, means);
    centres = std::move(means);
  }
}

}  // namespace

Clustering cluster(const Kernels& kernels, const Points& points, int n_clusters, std::uint64_t seed,
                   int n_restarts, const Team& team, const KeepGoing& keep_going) {
  Clustering best{Centres(0, 0), std::numeric_limits<double>::infinity(), 0};
  int n_iterations = 0;
  for (int restart = 0; restart < n_restarts; ++restart) {
    const RandomStream stream(seed, Purpose::clusters, 0, static_cast<std::uint64_t>(restart));
    Clustering found =
        cluster_once(kernels, points, first_centres(points, n_clusters, stream, team), team, keep_going);
    n_iterations += found.n_iterations;
    if (found.squared_distance < best.squared_distance) best = std::move(found);
  }
  best.n_iterations = n_iterations;
  return best;
}

}  // namespace ksweep
