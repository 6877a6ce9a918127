#include "cli/seed_statistics.h"

#include <gtest/gtest.h>

#include <cmath>

namespace ksweep {
namespace {

TEST(HalfWidth, IsStudentsTimesTheStandardError) {
  // t(0.975; 2) = 4.302653, t(0.975; 5) = 2.570582: printed tables.
  EXPECT_NEAR(half_width(1, 3), 4.302653 / std::sqrt(3), 1e-6);
  EXPECT_NEAR(half_width(2, 6), 2 * 2.570582 / std::sqrt(6), 1e-6);
}

TEST(HalfWidth, DividesTheLevelByTheComparisonsHeldAtOnce) {
  // t(1 - 0.05 / 10; 4) = t(0.995; 4) = 4.604095.
  EXPECT_NEAR(half_width(1, 5, 5), 4.604095 / std::sqrt(5), 1e-6);
}

TEST(HalfWidth, IsNotGivenFromFewerThanThreeValues) {
  EXPECT_TRUE(std::isnan(half_width(1, 2)));
  EXPECT_TRUE(std::isnan(half_width(1, 0)));
}

TEST(Deviation, IsTheOneOfASample) {
  EXPECT_DOUBLE_EQ(deviation_of({1, 3, 5}), 2);
  EXPECT_TRUE(std::isnan(deviation_of({1})));
}

}  // namespace
}  // namespace ksweep
