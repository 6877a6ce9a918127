#include "probe/kmeans.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "base/errors.h"
#include "core/trial.h"
#include "kernels/isa.h"
#include "sample_features.h"

namespace ksweep {
namespace {

bool never_stop() { return true; }

Clustering clustered(const Features& features, int n_clusters, std::uint64_t seed = 0, int n_restarts = 1,
                     const Team& team = one_thread) {
  return cluster(best_kernels(), points_of(features, Metric::euclidean), n_clusters, seed, n_restarts, team,
                 never_stop);
}

/// Samples in tight bunches far from each other.
Samples bunches(int n_samples, int n_bunches) {
  Samples samples = overlapping_classes(n_samples, n_bunches, n_bunches);
  for (int i = 0; i < n_samples; ++i) {
    samples.labels[static_cast<std::size_t>(i)] = i % n_bunches;
    samples.rows.row(i) *= 0.0625;
    samples.rows(i, i % n_bunches) += 10;
  }
  return samples;
}

TEST(KMeans, FindsBunchesThatLieApart) {
  const Samples samples = bunches(300, 6);
  for (const Features& features : {samples.sparse(), samples.dense()}) {
    const Clustering found = clustered(features, 6, 0, 5);
    const auto clusters =
        nearest_of(best_kernels(), points_of(features, Metric::euclidean), found.centres, one_thread).centre;
    std::set<std::pair<int, int>> pairs;
    for (std::size_t i = 0; i < clusters.size(); ++i) pairs.emplace(clusters[i], samples.labels[i]);
    EXPECT_EQ(pairs.size(), 6u);
  }
}

TEST(KMeans, DrawsFirstCentresFarFromEachOther) {
  Samples samples = bunches(300, 6);
  for (int i = 6; i < 300; ++i) samples.rows.row(i) = samples.rows.row(0);
  const Features features = samples.dense();
  for (std::uint64_t seed = 0; seed < 10; ++seed)
    EXPECT_LT(clustered(features, 6, seed).squared_distance, 0.01) << seed;
}

TEST(KMeans, EndsWhereEachCentreIsNearlyTheMeanOfItsPoints) {
  const Samples samples = overlapping_classes(500, 8, 4);
  const Features features = samples.sparse();
  const Points points = points_of(features, Metric::euclidean);
  const Clustering found = clustered(features, 4);
  const Nearest nearest = nearest_of(best_kernels(), points, found.centres, one_thread);
  const Nearest next =
      nearest_of(best_kernels(), points, means_of(points, nearest.centre, 4, one_thread), one_thread);
  EXPECT_EQ(nearest.squared_distance, found.squared_distance);
  EXPECT_LT(next.squared_distance, nearest.squared_distance * (1 + 1e-6));
  EXPECT_GT(next.squared_distance, nearest.squared_distance * (1 - 1e-4));
}

TEST(KMeans, OfMoreRestartsIsNoWorse) {
  const Features features = overlapping_classes(300, 10, 5).sparse();
  const Clustering one = clustered(features, 12), ten = clustered(features, 12, 0, 10);
  EXPECT_LT(ten.squared_distance, one.squared_distance);
  EXPECT_GT(ten.n_iterations, one.n_iterations);
}

TEST(KMeans, StartsAsOftenAsAsked) {
  // Two iterations each: the first finds that all points lie on the centre, the second that nothing falls any more.
  const Features features = Samples{Matrix<double>{{1, 2}, {1, 2}, {1, 2}}, {0, 0, 0}}.sparse();
  for (const int n_restarts : {1, 2, 5})
    EXPECT_EQ(clustered(features, 1, 0, n_restarts).n_iterations, 2 * n_restarts);
}

TEST(KMeans, IsAFunctionOfTheSeedAndNotOfThreads) {
  const Features features = overlapping_classes(1200, 10, 5).sparse();
  const double alone = clustered(features, 5, 1).squared_distance;
  EXPECT_EQ(clustered(features, 5, 1, 1, three_threads).squared_distance, alone);
  EXPECT_NE(clustered(features, 5, 2).squared_distance, alone);
}

TEST(KMeans, OfFewerDifferentPointsThanClustersEnds) {
  const Features features = Samples{Matrix<double>{{1, 0}, {1, 0}, {1, 0}, {0, 2}}, {0, 0, 0, 0}}.sparse();
  EXPECT_NEAR(clustered(features, 3).squared_distance, 0, 1e-6);
}

TEST(KMeans, StopsWhenAsked) {
  const Features features = overlapping_classes(50, 5, 3).sparse();
  EXPECT_THROW(cluster(best_kernels(), points_of(features, Metric::euclidean), 3, 0, 1, one_thread,
                       [] { return false; }),
               Interrupted);
}

TEST(KMeans, ByCosineEndsWhereEachCentreIsTheDirectionOfItsPoints) {
  const Samples samples = overlapping_classes(500, 8, 4);
  const Features features = samples.dense();
  const Points points = points_of(features, Metric::cosine);
  const Clustering found = cluster(best_kernels(), points, 4, 0, 1, one_thread, never_stop);
  const auto clusters = nearest_of(best_kernels(), points, found.centres, one_thread).centre;
  double sum = 0;
  for (int c = 0; c < 4; ++c) {
    Eigen::VectorXd centre(8);
    for (int feature = 0; feature < 8; ++feature)
      centre(feature) = static_cast<double>(found.centres.columns.at(feature, c));
    EXPECT_NEAR(centre.norm(), 1, 1e-6);
    for (int i = 0; i < 500; ++i)
      if (clusters[static_cast<std::size_t>(i)] == c)
        sum += 2 - 2 * samples.rows.row(i).normalized().dot(centre.transpose());
  }
  EXPECT_NEAR(found.squared_distance, sum, 1e-3);
}

TEST(KMeans, ByCosineAPointWithoutADirectionIsAsFarFromItselfAsFromAnyOther) {
  const Features features = Samples{Matrix<double>{{0, 0}, {0, 0}, {0, 0}}, {0, 0, 0}}.dense();
  const Points points = points_of(features, Metric::cosine);
  EXPECT_EQ(cluster(best_kernels(), points, 1, 0, 1, one_thread, never_stop).squared_distance, 3);
}

TEST(KMeans, ByCosineDoesNotLookAtLengths) {
  Samples samples = overlapping_classes(300, 8, 4);
  const Features features = samples.dense();
  for (int i = 0; i < 300; ++i) samples.rows.row(i) *= 1 << i % 5;  // exact
  const Features scaled = samples.dense();
  const auto distance = [&](const Features& its) {
    return cluster(best_kernels(), points_of(its, Metric::cosine), 4, 0, 2, one_thread, never_stop)
        .squared_distance;
  };
  EXPECT_NEAR(distance(features), distance(scaled), 1e-4);
}

}  // namespace
}  // namespace ksweep
