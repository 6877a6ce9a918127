#include "race/simulated_race.h"

#include <gmock/gmock.h>

namespace ksweep {
namespace {

RaceRules rules_of(std::size_t n_seeds) {
  RaceRules rules;
  rules.n_seeds = n_seeds;
  return rules;
}

TEST(ShareOnSlope, IsThatOfTheLargerSimulation) {  // docs/racing.md, normal values
  EXPECT_NEAR(share_on_slope(2, rules_of(20)), 0.92, 0.03);
  EXPECT_NEAR(share_on_slope(5, rules_of(20)), 0.71, 0.03);
  EXPECT_NEAR(share_on_slope(10, rules_of(20)), 0.53, 0.03);
  EXPECT_NEAR(share_on_slope(40, rules_of(20)), 0.34, 0.03);
}

TEST(ShareOnSlope, OfManySettingsIsLittleMoreThanWhatAllTake) {
  const double share = share_on_slope(100'000, rules_of(20));  // nothing is decided before 8 seeds
  EXPECT_GT(share, 0.3);
  EXPECT_LT(share, 0.5);
}

// Settings that are given share the error of a comparison among fewer than all that may join.
TEST(ShareOnSlope, CountsTheSettingsThatAreGivenOrElseAll) {
  RaceRules rules = rules_of(12);
  const double unset = share_on_slope(6, rules);
  rules.n_given = 6;
  EXPECT_EQ(share_on_slope(6, rules), unset);
  rules.n_given = 2;
  EXPECT_NE(share_on_slope(6, rules), unset);
}

TEST(ShareOnSlope, IsTheSameEachTime) {
  EXPECT_EQ(share_on_slope(6, rules_of(12)), share_on_slope(6, rules_of(12)));
}

TEST(ShareOnSlope, DoesNotDependOnTheToleranceOrTheDirectionOfTheMetric) {
  RaceRules other = rules_of(20);
  other.tolerance = 100;
  other.smaller_is_better = false;
  EXPECT_EQ(share_on_slope(5, other), share_on_slope(5, rules_of(20)));
}

}  // namespace
}  // namespace ksweep
