#include "probe/standardise.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "sample_features.h"

namespace ksweep {
namespace {

using testing::ElementsAre;

TEST(StandardisingFactors, AreInverseDeviationsButOfConstantFeatures) {
  // Of 2, 0, 0, 2: 1; of 4, 0, 0, 0: sqrt(3); a dead unit, a constant, and one that is constant but for rounding.
  const float near = std::nextafter(0.3f, 1.0f);
  const Samples samples{
      Matrix<double>{
          {2, 4, 0, 0.3f, 0.3f}, {0, 0, 0, 0.3f, near}, {0, 0, 0, 0.3f, 0.3f}, {2, 0, 0, 0.3f, near}},
      {0, 0, 0, 0}};
  const auto expected = ElementsAre(1, testing::FloatEq(1 / std::sqrt(3.0f)), 1, 1, 1);
  EXPECT_THAT(standardising_factors(samples.dense()), expected);
  EXPECT_THAT(standardising_factors(samples.sparse()), expected);
}

TEST(StandardisingFactors, MakeDeviationsOne) {
  const Samples samples = overlapping_classes(1300, 8, 3);  // more than two blocks
  for (const Features& features : {samples.dense(), samples.sparse()}) {
    const Features once = scaled(features, standardising_factors(features));
    EXPECT_EQ(once.dense(), features.dense());
    for (const float factor : standardising_factors(once)) EXPECT_NEAR(factor, 1, 1e-6);
  }
}

TEST(Scaled, MultipliesEachFeatureOfEverySample) {
  Samples samples = overlapping_classes(600, 5, 3);
  const std::vector<float> factors{1, 2, 0.5f, 4, -1};
  const Features dense = scaled(samples.dense(), factors), sparse = scaled(samples.sparse(), factors);
  for (Eigen::Index i = 0; i < samples.rows.rows(); ++i)
    for (Eigen::Index c = 0; c < 5; ++c)
      samples.rows(i, c) *= static_cast<double>(factors[static_cast<std::size_t>(c)]);
  EXPECT_EQ(dense.own_rows, samples.dense().own_rows);
  EXPECT_EQ(sparse.value, samples.sparse().value);
  EXPECT_EQ(sparse.sample, samples.sparse().sample);
  EXPECT_EQ(sparse.feature_begin, samples.sparse().feature_begin);
}

}  // namespace
}  // namespace ksweep
