#include "race/refine.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

namespace ksweep {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(RefinedK, AreTheGeometricMeansOnBothSidesOfTheLeader) {
  // sqrt(5 * 20) = 10, sqrt(20 * 80) = 40.
  EXPECT_THAT(refined_k({5, 20, 80, 320}, 1, {true, false, true, true}, false), ElementsAre(10u, 40u));
}

TEST(RefinedK, WaitForBothNeighboursToLeave) {
  EXPECT_THAT(refined_k({5, 20, 80}, 1, {true, false, false}, false), IsEmpty());
  EXPECT_THAT(refined_k({5, 20, 80}, 1, {false, false, true}, false), IsEmpty());
}

TEST(RefinedK, OfARaceThatHasEndedDoNotWaitForOneNeighbour) {
  EXPECT_THAT(refined_k({5, 20, 80}, 1, {true, false, false}, true), ElementsAre(10u, 40u));
  EXPECT_THAT(refined_k({20, 80, 320}, 0, {false, false, true}, true), ElementsAre(40u));
  EXPECT_THAT(refined_k({5, 20, 80}, 1, {false, false, false}, true), IsEmpty())
      << "values between could not be told apart";
}

TEST(RefinedK, DoNotWaitForFartherValues) {
  EXPECT_THAT(refined_k({5, 20, 80, 320}, 1, {true, false, true, false}, false), ElementsAre(10u, 40u));
}

TEST(RefinedK, AtTheEndOfTheRangeAreOnOneSide) {
  EXPECT_THAT(refined_k({5, 20}, 0, {false, true}, false), ElementsAre(10u));
  EXPECT_THAT(refined_k({5, 20}, 1, {true, false}, false), ElementsAre(10u));
}

TEST(RefinedK, EndWhereNoWholeNumberIsBetween) {
  EXPECT_THAT(refined_k({26, 27, 28}, 1, {true, false, true}, false), IsEmpty());
  EXPECT_THAT(refined_k({7}, 0, {false}, false), IsEmpty());
}

TEST(RefinedK, FindAnOptimumBetweenTheValuesGiven) {
  std::vector<std::size_t> k = {5, 20, 80, 320};
  const auto from_optimum = [](std::size_t value) {
    return std::abs(std::log(static_cast<double>(value) / 27));
  };
  for (std::vector<std::size_t> added = k; !added.empty();) {
    const auto nearer = [&](std::size_t a, std::size_t b) { return from_optimum(a) < from_optimum(b); };
    const auto leader = static_cast<std::size_t>(std::min_element(k.begin(), k.end(), nearer) - k.begin());
    added = refined_k(k, leader, std::vector<bool>(k.size(), true), false);
    k.insert(k.end(), added.begin(), added.end());
    std::sort(k.begin(), k.end());
  }
  EXPECT_THAT(k, testing::Contains(27u));
  EXPECT_LE(k.size(), 14u);
}

}  // namespace
}  // namespace ksweep
