#include "probe/knn.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "base/errors.h"
#include "core/trial.h"
#include "kernels/isa.h"
#include "sample_features.h"

namespace ksweep {
namespace {

bool never_stop() { return true; }

/// Labels of the nearest training points, by sorting all of them.
std::vector<std::int32_t> naive_labels(const Matrix<double>& train, std::span<const std::int32_t> labels,
                                       const Matrix<double>& queries, int n) {
  std::vector<std::int32_t> found;
  for (Eigen::Index q = 0; q < queries.rows(); ++q) {
    std::vector<Eigen::Index> order(static_cast<std::size_t>(train.rows()));
    std::iota(order.begin(), order.end(), 0);
    std::ranges::stable_sort(order, {},
                             [&](Eigen::Index i) { return (train.row(i) - queries.row(q)).squaredNorm(); });
    for (int i = 0; i < n; ++i)
      found.push_back(labels[static_cast<std::size_t>(order[static_cast<std::size_t>(i)])]);
  }
  return found;
}

std::vector<std::int32_t> found_labels(const Features& train, const Samples& samples, const Features& queries,
                                       Metric metric, const Team& team,
                                       const std::string& isa = best_kernels().isa) {
  return neighbour_labels(kernels_for(isa), points_of(train, metric), samples.labels,
                          points_of(queries, metric), 7, team, never_stop);
}

TEST(Neighbours, AreThoseOfASortOfAllDistances) {
  const Samples train = overlapping_classes(1300, 20, 9, 1), queries = overlapping_classes(150, 20, 9, 2);
  const auto expected = naive_labels(train.rows, train.labels, queries.rows, 7);
  for (const std::string& isa : available_isas()) {
    EXPECT_EQ(found_labels(train.sparse(), train, queries.sparse(), Metric::euclidean, one_thread, isa),
              expected)
        << isa;
    EXPECT_EQ(found_labels(train.dense(), train, queries.dense(), Metric::euclidean, three_threads, isa),
              expected)
        << isa;
  }
}

TEST(Neighbours, ByCosineAreThoseOnTheUnitSphere) {
  const Samples train = overlapping_classes(400, 20, 9, 1), queries = overlapping_classes(80, 20, 9, 2);
  const auto expected =
      naive_labels(train.rows.rowwise().normalized(), train.labels, queries.rows.rowwise().normalized(), 7);
  EXPECT_EQ(found_labels(train.sparse(), train, queries.sparse(), Metric::cosine, one_thread), expected);
}

TEST(Neighbours, AreTheSameOnAnyNumberOfThreads) {
  const Samples train = overlapping_classes(700, 20, 9, 1), queries = overlapping_classes(1100, 20, 9, 2);
  const auto alone = found_labels(train.sparse(), train, queries.sparse(), Metric::euclidean, one_thread);
  EXPECT_EQ(found_labels(train.sparse(), train, queries.sparse(), Metric::euclidean, three_threads), alone);
}

TEST(Neighbours, OfEqualDistanceComeInTheOrderOfTheTrainingPart) {
  const Samples train{Matrix<double>{{5, 5}, {1, 0}, {1, 0}, {0, 1}}, {3, 2, 0, 1}};
  const Samples query{Matrix<double>{{1, 1}}, {0}};
  const Features features = train.sparse(), queries = query.sparse();
  EXPECT_THAT(neighbour_labels(best_kernels(), points_of(features, Metric::euclidean), train.labels,
                               points_of(queries, Metric::euclidean), 3, one_thread, never_stop),
              testing::ElementsAre(2, 0, 1));
}

TEST(Neighbours, OfEqualDistanceTheFirstIsKeptWhereOnlyOneCanBe) {
  const Samples train{Matrix<double>{{1, 0}, {0, 1}, {1, 0}}, {2, 1, 0}};
  const Samples query{Matrix<double>{{1, 1}}, {0}};
  const Features features = train.sparse(), queries = query.sparse();
  EXPECT_THAT(neighbour_labels(best_kernels(), points_of(features, Metric::euclidean), train.labels,
                               points_of(queries, Metric::euclidean), 1, one_thread, never_stop),
              testing::ElementsAre(2));
}

TEST(Neighbours, StopWhenAsked) {
  const Samples samples = overlapping_classes(50, 5, 3);
  EXPECT_THROW(
      neighbour_labels(best_kernels(), points_of(samples.sparse(), Metric::euclidean), samples.labels,
                       points_of(samples.sparse(), Metric::euclidean), 3, one_thread, [] { return false; }),
      Interrupted);
}

TEST(Majorities, CountOnlySoManyVotesAndTiesGoToTheNearest) {
  const std::vector<std::int32_t> labels{2, 1, 1, 0,  //
                                         0, 2, 2, 0};
  EXPECT_THAT(majorities(labels, 4, 1, 3), testing::ElementsAre(2, 0));
  EXPECT_THAT(majorities(labels, 4, 3, 3), testing::ElementsAre(1, 2));
  EXPECT_THAT(majorities(labels, 4, 4, 3), testing::ElementsAre(1, 0));
}

TEST(Majorities, OfOneQueryAreNotCountedForTheNext) {
  EXPECT_THAT(majorities(std::vector<std::int32_t>{2, 2, 1,  //
                                                   0, 0, 2},
                         3, 3, 3),
              testing::ElementsAre(2, 0));
}

}  // namespace
}  // namespace ksweep
