#include "race/judge_race.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

namespace ksweep {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::optional<double> missing = std::nullopt;

RaceRules rules(std::size_t n_seeds) {
  RaceRules result;
  result.n_seeds = n_seeds;
  return result;
}

/// 0.5 more in each seed, but for a little that differs.
const std::vector<std::optional<double>> good = {0.11, 0.20, 0.15, 0.12, 0.13},
                                         close = {0.12, 0.18, 0.16, 0.13, 0.12},
                                         bad = {0.61, 0.71, 0.64, 0.63, 0.62};

TEST(JudgeRace, DecidesNothingBeforeTheFirstSeedsAreComplete) {
  const auto state = judge_race({{0.1, 0.2, 0.1, 0.1}, {9.1, 9.2, 9.3, missing}}, rules(8));
  EXPECT_EQ(state.end, RaceEnd::going_on);
  EXPECT_EQ(state.n_rounds, 3u);
  EXPECT_THAT(state.in_race, ElementsAre(0u, 1u));
}

TEST(JudgeRace, LetsASettingLeaveThatIsWorseThanTheLeader) {
  const auto state = judge_race({bad, good, close}, rules(8));
  EXPECT_EQ(state.end, RaceEnd::going_on);
  EXPECT_EQ(state.n_rounds, 5u);
  EXPECT_THAT(state.in_race, ElementsAre(1u, 2u));
  ASSERT_EQ(state.left.size(), 1u);
  EXPECT_EQ(state.left[0].setting, 0u);
  EXPECT_EQ(state.left[0].n_seeds, 4u);
  EXPECT_EQ(state.left[0].leader, 1u);
  EXPECT_NEAR(state.left[0].of_difference.mean, 0.5025, 1e-12);  // 0.50, 0.51, 0.49, 0.51
  EXPECT_GT(state.left[0].of_difference.low, 0);
}

TEST(JudgeRace, LooksForTheLargestWhereLargerIsBetter) {
  RaceRules larger = rules(8);
  larger.smaller_is_better = false;
  const auto state = judge_race({bad, good, close}, larger);
  EXPECT_EQ(state.end, RaceEnd::one_left);
  EXPECT_EQ(state.leader, 0u);
  EXPECT_EQ(state.n_rounds, 4u);
  ASSERT_EQ(state.left.size(), 2u);
  EXPECT_NEAR(state.left[0].of_difference.mean, -0.5025, 1e-12);
  EXPECT_LT(state.left[0].of_difference.high, 0);
  EXPECT_LT(state.left[0].of_difference.low, state.left[0].of_difference.mean);
}

TEST(JudgeRace, DoesNotLookAtWhatItDoesNotNeed) {
  auto later = bad;
  later[4] = -1e9;  // after it has left
  EXPECT_THAT(judge_race({later, good, close}, rules(8)).in_race, ElementsAre(1u, 2u));
  auto incomplete = close;
  incomplete.resize(4);
  auto ahead = good;
  ahead[4] = 1e9;  // of a round that is not complete
  const auto state = judge_race({bad, ahead, incomplete}, rules(8));
  EXPECT_EQ(state.n_rounds, 4u);
  EXPECT_EQ(state.leader, 1u);
}

TEST(JudgeRace, EndsWhenTheSeedsAreUsed) {
  const auto state = judge_race({good, close}, rules(5));
  EXPECT_EQ(state.end, RaceEnd::seeds_used);
  EXPECT_EQ(state.n_rounds, 5u);
  EXPECT_THAT(state.in_race, ElementsAre(0u, 1u));
}

TEST(JudgeRace, EndsWhenAllThatAreLeftAreWithinTheTolerance) {
  RaceRules tolerant = rules(8);
  tolerant.tolerance = 0.2;
  const auto state = judge_race({bad, good, close}, tolerant);
  EXPECT_EQ(state.end, RaceEnd::within_tolerance);
  EXPECT_EQ(state.n_rounds, 4u);
  tolerant.tolerance = 0.001;
  EXPECT_EQ(judge_race({bad, good, close}, tolerant).end, RaceEnd::going_on);
}

TEST(JudgeRace, WhatDiffersByTheToleranceIsWithinIt) {
  RaceRules tolerant = rules(8);
  const RaceMetric four = {{0.11, 0.20, 0.15, 0.12}, {0.12, 0.18, 0.16, 0.13}};
  const Bound bound = judge_race(four, tolerant).looks.at(0).of_differences.at(1);
  tolerant.tolerance = std::max(bound.high, -bound.low);
  EXPECT_EQ(judge_race(four, tolerant).end, RaceEnd::within_tolerance);
  tolerant.tolerance = std::nextafter(tolerant.tolerance, 0);
  EXPECT_EQ(judge_race(four, tolerant).end, RaceEnd::going_on);
}

TEST(JudgeRace, EndsAtOnceWithOneSetting) {
  EXPECT_EQ(judge_race({good}, rules(8)).end, RaceEnd::one_left);
  EXPECT_EQ(judge_race({good}, rules(8)).n_rounds, 4u);
}

TEST(JudgeRace, OfEqualMeansTheFirstLeads) { EXPECT_EQ(judge_race({bad, good, good}, rules(5)).leader, 1u); }

TEST(JudgeRace, ASettingWhoseTrainingsAllFailedLeavesAtOnce) {
  const auto state = judge_race({good, {NAN, NAN, NAN, NAN}, close}, rules(8));
  ASSERT_EQ(state.left.size(), 1u);
  EXPECT_EQ(state.left[0].setting, 1u);
  EXPECT_TRUE(std::isnan(state.left[0].of_difference.mean));
  EXPECT_EQ(state.left[0].of_difference.low, -INFINITY);
  EXPECT_EQ(state.n_rounds, 5u);
}

TEST(JudgeRace, AFailedTrainingCountsAsTheWorstValue) {
  // Without its failure the second would lead; 0.7 is the worst value there is.
  const auto state = judge_race({{0.5, 0.7, 0.5, 0.5}, {0.4, 0.6, NAN, 0.6}}, rules(4));
  EXPECT_EQ(state.leader, 0u);
  const auto spared = judge_race({{0.5, 0.7, 0.5, 0.5}, {0.4, 0.6, 0.5, 0.6}}, rules(4));
  EXPECT_EQ(spared.leader, 1u);
}

TEST(JudgeRace, WhereAllTrainingsFailedNoSettingLeaves) {
  const auto state = judge_race({{NAN, NAN, NAN, NAN}, {NAN, NAN, NAN, NAN}}, rules(4));
  EXPECT_THAT(state.left, IsEmpty());
  EXPECT_EQ(state.end, RaceEnd::seeds_used);
}

TEST(JudgeRace, AskForMoreTheMoreSettingsThereAre) {
  const auto low_of_bad = [](const RaceMetric& metric, double error) {
    RaceRules of_error = rules(8);
    of_error.error = error;
    const auto state = judge_race(metric, of_error);
    return state.left.empty() ? 0.0 : state.left[0].of_difference.low;
  };
  const double of_two = low_of_bad({bad, good}, 0.05), of_three = low_of_bad({bad, good, close}, 0.05);
  EXPECT_GT(of_two, of_three);
  EXPECT_DOUBLE_EQ(low_of_bad({bad, good, close}, 0.1), of_two);
}

TEST(JudgeRace, RecordsWhatTheBoundsSaidAtEachDecision) {
  const auto state = judge_race({good, bad, close}, rules(5));
  ASSERT_EQ(state.looks.size(), 2u);
  ASSERT_EQ(state.left.size(), 1u);
  const Look &first = state.looks[0], &last = state.looks[1];
  EXPECT_EQ(first.n_seeds, 4u);
  EXPECT_EQ(first.leader, 0u);
  EXPECT_TRUE(std::isnan(first.of_differences[0].mean));
  EXPECT_EQ(first.of_differences[1].low, state.left[0].of_difference.low);
  EXPECT_NEAR(first.of_differences[2].mean, 0.0025, 1e-12);  // (0.01 - 0.02 + 0.01 + 0.01) / 4
  EXPECT_TRUE(std::isnan(last.of_differences[1].mean));      // it has left
  EXPECT_LT(last.of_differences[2].low, last.of_differences[2].mean);
}

}  // namespace
}  // namespace ksweep
