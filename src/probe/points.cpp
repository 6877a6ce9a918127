#include "probe/points.h"

#include <cmath>
#include <limits>
#include <numeric>

#include "core/trial.h"

namespace ksweep {
namespace {

/// The points sorted by group.
struct Members {
  std::vector<std::size_t> begin, points;  // (n_groups + 1), (n_points)
};

Members members_of(std::span<const std::int32_t> group, int n_groups) {
  Members members{std::vector<std::size_t>(static_cast<std::size_t>(n_groups) + 1),
                  std::vector<std::size_t>(group.size())};
  for (const std::int32_t g : group) ++members.begin[static_cast<std::size_t>(g) + 1];
  std::partial_sum(members.begin.begin(), members.begin.end(), members.begin.begin());
  std::vector<std::size_t> next = members.begin;
  for (std::size_t i = 0; i < group.size(); ++i)
    members.points[next[static_cast<std::size_t>(group[i])]++] = i;
  return members;
}

/// Returns the length, or 1 if it is 0, so that a mean without direction stays at the origin.
double length_of(std::span<const double> numbers) {
  double squares = 0;
  for (const double number : numbers) squares += number * number;
  return squares > 0 ? std::sqrt(squares) : 1;
}

void put_mean(const Points& points, std::span<const std::size_t> members, int centre, std::span<double> sum,
              Centres& centres) {
  std::ranges::fill(sum, 0.0);
  for (const std::size_t i : members)
    for_each_entry(points.rows[i], [&](int feature, float value) {
      sum[static_cast<std::size_t>(feature)] += static_cast<double>(points.scale[i] * value);
    });
  double squared_length = 0;
  const double divisor =
      points.metric == Metric::cosine ? length_of(sum) : static_cast<double>(members.size());
  for (std::size_t feature = 0; feature < sum.size(); ++feature) {
    const double mean = sum[feature] / divisor;
    centres.columns.at(static_cast<int>(feature), centre) = static_cast<float>(mean);
    squared_length += mean * mean;
  }
  centres.squared_length[static_cast<std::size_t>(centre)] =
      points.metric == Metric::cosine ? 1 : static_cast<float>(squared_length);
}

}  // namespace

Points points_of(const Features& features, Metric metric) {
  Points points{features, metric, Rows(features), std::vector<float>(features.n_samples, 1.0f), {}};
  const std::vector<double> lengths = squared_lengths(points.rows);
  points.squared_length.assign(lengths.begin(), lengths.end());
  if (metric == Metric::euclidean) return points;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (lengths[i] == 0) continue;
    points.scale[i] = static_cast<float>(1 / std::sqrt(lengths[i]));
    points.squared_length[i] = 1;
  }
  return points;
}

Centres::Centres(int n_features, int n_centres)
    : columns(n_features, n_centres),
      squared_length(static_cast<std::size_t>(n_centres), std::numeric_limits<float>::infinity()) {}

Centres means_of(const Points& points, std::span<const std::int32_t> group, int n_groups, const Team& team) {
  const Members members = members_of(group, n_groups);
  Centres centres(points.rows.n_features(), n_groups);
  std::vector<std::vector<double>> sums(
      static_cast<std::size_t>(team.n_threads()),
      std::vector<double>(static_cast<std::size_t>(points.rows.n_features())));
#pragma omp parallel for num_threads(team.n_threads()) schedule(dynamic)
  for (int g = 0; g < n_groups; ++g) {
    const auto at = static_cast<std::size_t>(g);
    const std::span own(members.points.data() + members.begin[at], members.begin[at + 1] - members.begin[at]);
    if (!own.empty()) put_mean(points, own, g, sums[static_cast<std::size_t>(omp_get_thread_num())], centres);
  }
  return centres;
}

Nearest nearest_of(const Kernels& kernels, const Points& points, const Centres& centres, const Team& team) {
  Nearest nearest{std::vector<std::int32_t>(points.size()), 0};
  std::vector<double> of_block(n_product_blocks(points.features));
  for_each_block_of_products(
      kernels, points.features, centres.columns, team,
      [&](std::size_t first, std::size_t count, const float* products) {
        double sum = 0;
        for (std::size_t i = first; i < first + count; ++i, products += centres.columns.n_columns) {
          float least = std::numeric_limits<float>::infinity();
          for (int c = 0; c < centres.count(); ++c) {
            const float distance =
                centres.squared_length[static_cast<std::size_t>(c)] - 2 * points.scale[i] * products[c];
            if (distance < least) least = distance, nearest.centre[i] = c;
          }
          sum += std::max(0.0, static_cast<double>(points.squared_length[i] + least));
        }
        of_block[first / product_block] = sum;
      });
  nearest.squared_distance = std::accumulate(of_block.begin(), of_block.end(), 0.0);
  return nearest;
}

}  // namespace ksweep
