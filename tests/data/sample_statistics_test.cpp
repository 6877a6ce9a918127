#include "data/sample_statistics.h"

#include <gmock/gmock.h>

#include <cmath>

namespace ksweep {
namespace {

using testing::ElementsAre;

SampleStatistics of(const std::vector<float>& samples, int width) {
  return statistics_of(samples.data(), samples.size() / static_cast<std::size_t>(width), width);
}

// Mean (3, 4), of norm 5; each input deviates by 1, so the deviations have norm sqrt(2).
TEST(SampleStatistics, GammaIsTheNormOfTheMeanOverThatOfTheDeviations) {
  EXPECT_NEAR(of({2, 3, 4, 5}, 2).gamma, 5 / std::sqrt(2), 1e-12);
  EXPECT_EQ(of({-1, 1}, 1).gamma, 0);
  EXPECT_TRUE(std::isinf(of({2, 2}, 1).gamma));
  EXPECT_EQ(of({0, 0}, 1).gamma, 0);
}

TEST(SampleStatistics, QuantilesAreOfTheNorms) {
  std::vector<float> samples;
  for (int i = 100; i >= 0; --i) samples.insert(samples.end(), {0.6f * float(i), -0.8f * float(i)});
  const auto quantiles = of(samples, 2).norm_quantiles;
  for (std::size_t i = 0; i < 5; ++i)
    EXPECT_NEAR(quantiles[i], (std::array{0.0, 1.0, 50.0, 99.0, 100.0})[i], 1e-5);
}

// Median 1, one sample of 11; the mean is 2, so squares are 81 of 81 + 9.
TEST(SampleStatistics, OutliersAreAboveTenTimesTheMedianNorm) {
  const auto statistics = of({1, 1, 1, 1, 1, 1, 1, 1, 1, 11}, 1);
  EXPECT_EQ(statistics.n_outliers, 1u);
  EXPECT_NEAR(statistics.outlier_share, 0.9, 1e-12);
  EXPECT_EQ(of({1, 1, 10}, 1).n_outliers, 0u);
}

}  // namespace
}  // namespace ksweep
