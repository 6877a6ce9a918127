#include "store/best.h"

#include <gmock/gmock.h>

#include "equal.h"
#include "samples.h"
#include "scratch.h"

namespace ksweep {
namespace {

using ::testing::ElementsAre;

TrialResult with_accuracy(int seed, int k, double accuracy) {
  auto result = sample_result(seed, k);
  result.validation_accuracy = accuracy;
  return result;
}

TEST(BestPositions, AreOfTheHighestValidationAccuracyOfEachK) {
  EXPECT_THAT(
      best_positions({with_accuracy(0, 40, 0.5), with_accuracy(1, 40, 0.9), with_accuracy(2, 10, 0.1)},
                     *find_metric("accuracy")),
      ElementsAre(2, 1));
}

TEST(BestPositions, AreOfTheLowerIdAmongEquals) {
  auto one = with_accuracy(0, 10, 0.5), two = with_accuracy(1, 10, 0.5);
  one.id = 9, two.id = 4;
  EXPECT_THAT(best_positions({one, two}, *find_metric("accuracy")), ElementsAre(1));
  EXPECT_THAT(best_positions({two, one}, *find_metric("accuracy")), ElementsAre(0));
}

TEST(BestPositions, PreferAnyAccuracyToNone) {
  EXPECT_THAT(best_positions({with_accuracy(0, 10, not_measured), with_accuracy(1, 10, 0.01)},
                             *find_metric("accuracy")),
              ElementsAre(1));
}

TEST(BestPositions, LeaveOutFailedMissingAndBaselineTrials) {
  auto baseline = with_accuracy(0, 10, 0.9);
  baseline.trial.kind = ModelKind::random;
  EXPECT_THAT(best_positions({baseline, failed_result(1), missing_result(2)}, *find_metric("accuracy")),
              ElementsAre());
}

TEST(BestPosition, IsOfTheBestOfAllK) {
  const std::vector<TrialResult> trials{with_accuracy(0, 40, 0.5), with_accuracy(1, 10, 0.9),
                                        with_accuracy(2, 25, 0.1)};
  EXPECT_EQ(best_position(trials, *find_metric("accuracy")), 1u);
}

TEST(BestPosition, IsNoneWithoutTheMetric) {
  EXPECT_EQ(best_position({with_accuracy(0, 40, not_measured)}, *find_metric("accuracy")), std::nullopt);
  EXPECT_EQ(best_position({failed_result(1)}, *find_metric("accuracy")), std::nullopt);
}

using BestOfEachK = Scratch;

TEST_F(BestOfEachK, ComesWithTheFiltersOfItsFile) {
  const Store store(folder);
  store.prepare();
  const auto result = sample_result();
  store.write(result);
  auto numbers = result;
  numbers.filters = {};
  const auto best = best_of_each_k({numbers}, *find_metric("accuracy"), store);
  ASSERT_EQ(best.size(), 1u);
  EXPECT_EQ(best[0].k, 25);
  EXPECT_EQ(best[0].id, result.id);
  expect_same_filters(best[0].filters, result.filters);
}

TEST(BestPositions, FollowTheMetricAndItsDirection) {
  TrialResult less = with_accuracy(0, 10, 0.5), more = with_accuracy(1, 10, 0.9);
  less.validation_fvu = 0.1;
  more.validation_fvu = 0.2;
  EXPECT_THAT(best_positions({more, less}, *find_metric("fvu")), ElementsAre(1));
  EXPECT_THAT(best_positions({more, less}, *find_metric("accuracy")), ElementsAre(0));
}

TEST(BestPositions, OfARaceAreOfSettingsThatAreStillInIt) {
  // k = 10 left after two lucky seeds; k = 25 leads, k = 40 is in the race, too.
  std::vector<TrialResult> trials;
  for (const int k : {10, 25, 40})
    for (int seed = 0; seed < 2; ++seed)
      trials.push_back(with_accuracy(seed, k, k == 10 ? 0.9 : 0.5 + 0.001 * k));
  RaceRecord race;
  race.first_trials = {0, 2, 4};
  race.state = {RaceEnd::going_on, 2, 1, {1, 2}, {{0, 2, 1, {0, 0, 0}}}, {}};
  const ReportMetric& accuracy = *find_metric("accuracy");
  EXPECT_EQ(trials[*best_position(trials, accuracy)].trial.k, 10);
  EXPECT_EQ(trials[*best_position(trials, accuracy, &race)].trial.k, 25);
  race.state.n_rounds = 0;  // nobody leads yet
  EXPECT_EQ(trials[*best_position(trials, accuracy, &race)].trial.k, 40);
}

}  // namespace
}  // namespace ksweep
