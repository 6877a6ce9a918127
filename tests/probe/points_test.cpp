#include "probe/points.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/trial.h"
#include "kernels/isa.h"
#include "sample_features.h"

namespace ksweep {
namespace {

const std::vector<std::uint32_t> backwards{2, 1, 0};

/// The same samples as sparse and as dense features.
std::vector<Features> all_forms(const Samples& samples) {
  std::vector<Features> forms(2);
  forms[0] = samples.sparse();
  forms[1] = samples.dense();
  return forms;
}

TEST(BlockProducts, EqualTheNaiveOnesInEveryForm) {
  const Samples samples = overlapping_classes(1100, 37, 5);  // two blocks and a part of one
  Columns columns(37, 21);
  RandomStream stream(3, Purpose::digits);
  Matrix<double> right(37, 21);
  for (int feature = 0; feature < 37; ++feature)
    for (int c = 0; c < 21; ++c)
      right(feature, c) = columns.at(feature, c) = static_cast<float>(stream.normal());
  const Matrix<double> expected = samples.rows * right;
  for (const std::string& isa : available_isas())
    for (const Features& features : all_forms(samples)) {
      Matrix<double> found(1100, 21);
      for_each_block_of_products(
          kernels_for(isa), features, columns, three_threads,
          [&](std::size_t first, std::size_t count, const float* products) {
            for (std::size_t i = 0; i < count; ++i)
              for (int c = 0; c < 21; ++c)
                found(static_cast<Eigen::Index>(first + i), c) = static_cast<double>(
                    products[i * static_cast<std::size_t>(columns.n_columns) + static_cast<std::size_t>(c)]);
          });
      EXPECT_LT((found - expected).cwiseAbs().maxCoeff(), 2e-5) << isa << features.dense();
    }
}

TEST(BlockProducts, FollowTheChosenRowsOfADataSet) {
  const std::vector<float> rows{1, 0, 0, 2, 3, 3};
  const Features features = raw_features(rows.data(), 2, backwards);
  Columns columns(2, 1);
  columns.at(0, 0) = 1;
  columns.at(1, 0) = 10;
  std::vector<float> found;
  for_each_block_of_products(best_kernels(), features, columns, one_thread,
                             [&](std::size_t, std::size_t count, const float* products) {
                               for (std::size_t i = 0; i < count; ++i)
                                 found.push_back(products[i * static_cast<std::size_t>(columns.n_columns)]);
                             });
  EXPECT_THAT(found, testing::ElementsAre(33, 20, 1));
}

TEST(Rows, GiveTheEntriesOfEverySampleInEveryForm) {
  const Samples samples = overlapping_classes(600, 7, 3);
  for (const Features& features : all_forms(samples)) {
    const Rows rows(features);
    Matrix<double> found = Matrix<double>::Zero(600, 7);
    for (std::size_t i = 0; i < rows.size(); ++i)
      for_each_entry(rows[i], [&](int feature, float value) {
        found(static_cast<Eigen::Index>(i), feature) = static_cast<double>(value);
      });
    EXPECT_EQ(found, samples.rows);
  }
}

TEST(Points, ByCosineLieOnTheUnitSphereUnlessTheyAreZero) {
  const Samples samples{Matrix<double>{{3, 4}, {0, 0}}, {0, 0}};
  for (const Features& features : all_forms(samples)) {
    const Points points = points_of(features, Metric::cosine);
    EXPECT_THAT(points.scale, testing::ElementsAre(0.2f, 1));
    EXPECT_THAT(points.squared_length, testing::ElementsAre(1, 0));
    EXPECT_THAT(points_of(features, Metric::euclidean).squared_length, testing::ElementsAre(25, 0));
  }
}

TEST(Means, AreThoseOfTheirPoints) {
  const Samples samples{Matrix<double>{{1, 0}, {5, 8}, {3, 2}}, {0, 0, 0}};
  const std::vector<std::int32_t> group{0, 2, 0};
  for (const Features& features : all_forms(samples)) {
    const Centres centres = means_of(points_of(features, Metric::euclidean), group, 3, three_threads);
    EXPECT_EQ(centres.columns.at(0, 0), 2);
    EXPECT_EQ(centres.columns.at(1, 0), 1);
    EXPECT_EQ(centres.columns.at(0, 2), 5);
    EXPECT_EQ(centres.squared_length[0], 5);
  }
}

TEST(Nearest, IsNeverACentreWithoutPoints) {
  const Samples samples{Matrix<double>{{4, 4}, {0.5, 0}}, {0, 0}};
  const Features features = samples.sparse();
  const Points points = points_of(features, Metric::euclidean);
  const Centres centres =
      means_of(points, std::vector<std::int32_t>{0, 0}, 2, one_thread);  // centre 1 would be the origin
  EXPECT_THAT(nearest_of(best_kernels(), points, centres, one_thread).centre, testing::ElementsAre(0, 0));
}

TEST(Nearest, SumsTheSquaredDistances) {
  const Samples samples{Matrix<double>{{1, 0}, {3, 0}, {10, 7}}, {0, 0, 1}};
  for (const Features& features : all_forms(samples)) {
    const Points points = points_of(features, Metric::euclidean);
    const Centres centres = means_of(points, samples.labels, 2, one_thread);
    const Nearest nearest = nearest_of(best_kernels(), points, centres, three_threads);
    EXPECT_THAT(nearest.centre, testing::ElementsAre(0, 0, 1));
    EXPECT_NEAR(nearest.squared_distance, 1 + 1 + 0, 1e-5);
  }
}

TEST(Nearest, ByCosineLooksAtTheAngleAlone) {
  const Samples train{Matrix<double>{{10, 0}, {0.1, 0.1}}, {0, 1}}, test{Matrix<double>{{9, 8}}, {1}};
  const Features centres_from = train.sparse(), features = test.sparse();
  const auto nearest = [&](Metric metric) {
    const Centres centres = means_of(points_of(centres_from, metric), train.labels, 2, one_thread);
    return nearest_of(best_kernels(), points_of(features, metric), centres, one_thread).centre.at(0);
  };
  EXPECT_EQ(nearest(Metric::euclidean), 0);
  EXPECT_EQ(nearest(Metric::cosine), 1);
}

TEST(Means, ByCosineAreDirectionsOfLengthOne) {
  // Directions (1, 0), (0, 1) and (0, 1): their mean (1/3, 2/3); two that cancel out; a sample at the origin.
  const Samples samples{Matrix<double>{{5, 0}, {0, 1}, {0, 9}, {2, 0}, {-3, 0}, {0, 0}}, {0, 0, 0, 1, 1, 2}};
  for (const Features& features : all_forms(samples)) {
    const Centres centres = means_of(points_of(features, Metric::cosine), samples.labels, 4, three_threads);
    EXPECT_FLOAT_EQ(centres.columns.at(0, 0), static_cast<float>(1 / std::sqrt(5)));
    EXPECT_FLOAT_EQ(centres.columns.at(1, 0), static_cast<float>(2 / std::sqrt(5)));
    EXPECT_THAT(centres.squared_length,
                testing::ElementsAre(1, 1, 1, std::numeric_limits<float>::infinity()));
    EXPECT_EQ(centres.columns.at(0, 1), 0);
  }
}

TEST(Nearest, ByCosineIsNotDrawnToMeansOfScatteredClasses) {
  // Class 0 points all ways around (1, 0) and has a short mean; the angle to it is 31 degrees, to class 1 it is 29.
  const Samples train{Matrix<double>{{1, 3}, {1, -3}, {1, 0}, {0.5, 0.8660254}}, {0, 0, 0, 1}};
  const Samples test{Matrix<double>{{std::cos(31 * 3.14159265 / 180), std::sin(31 * 3.14159265 / 180)}}, {1}};
  const Features centres_from = train.sparse(), features = test.sparse();
  const Centres centres = means_of(points_of(centres_from, Metric::cosine), train.labels, 2, one_thread);
  EXPECT_EQ(nearest_of(best_kernels(), points_of(features, Metric::cosine), centres, one_thread).centre.at(0),
            1);
  const Samples nearer{Matrix<double>{{std::cos(29 * 3.14159265 / 180), std::sin(29 * 3.14159265 / 180)}},
                       {0}};
  const Features other = nearer.sparse();
  EXPECT_EQ(nearest_of(best_kernels(), points_of(other, Metric::cosine), centres, one_thread).centre.at(0),
            0);
}

}  // namespace
}  // namespace ksweep
