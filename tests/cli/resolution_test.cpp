#include "cli/resolution.h"

#include <gmock/gmock.h>

#include <cmath>

#include "core/trial_keys.h"

namespace ksweep {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

const ReportMetric& accuracy = *find_metric("accuracy");

std::vector<PlannedTrial> plan_of(std::vector<int> ks, int n_seeds) {
  std::vector<PlannedTrial> plan;
  for (const int k : ks)
    for (int seed = 0; seed < n_seeds; ++seed) {
      PlannedTrial planned;
      planned.trial = first_default_trial();
      planned.trial.k = k;
      planned.trial.seed = seed;
      plan.push_back(planned);
    }
  return plan;
}

std::vector<TrialResult> nothing_for(const std::vector<PlannedTrial>& plan) {
  return std::vector<TrialResult>(plan.size());
}

/// k = 10 is the best; the differences of k = 5 to it are -1.1, -1.0 and -0.9 points, those of k = 20 three times as far apart.
std::vector<TrialResult> results_for(const std::vector<PlannedTrial>& plan) {
  std::vector<TrialResult> results;
  for (const PlannedTrial& planned : plan) {
    TrialResult& result = results.emplace_back();
    result.trial = planned.trial;
    result.status = Status::done;
    const double step = 0.001 * static_cast<double>(planned.trial.seed - 1);
    const double seed_effect = 0.01 * static_cast<double>(planned.trial.seed * planned.trial.seed);
    const double level = planned.trial.k == 10 ? 0.9 : 0.89;
    const double spread = planned.trial.k == 10 ? 0 : planned.trial.k == 5 ? 1 : 3;
    result.test_accuracy = result.validation_accuracy = level + seed_effect + spread * step;
  }
  return results;
}

TEST(Resolution, CountsTheOtherValuesOfKAndTheSeeds) {
  const auto plan = plan_of({5, 10, 20, 40, 80}, 3);
  const Resolution found = resolution_of(plan, nothing_for(plan), accuracy);
  EXPECT_EQ(found.compared, "k");
  EXPECT_EQ(found.n_comparisons, 4u);
  EXPECT_EQ(found.n_seeds, 3u);
  EXPECT_EQ(found.n_measured, 0u);
}

TEST(Resolution, IsInStandardDeviationsBeforeAnythingIsMeasured) {
  const auto plan = plan_of({5, 10, 20, 40, 80}, 3);
  // t(1 - 0.05 / 8; 2) = 8.860 over the root of 3; t(…; 5) = 3.810, t(…; 9) = 3.111.
  EXPECT_THAT(
      resolution_text(resolution_of(plan, nothing_for(plan), accuracy), accuracy, 3600),
      AllOf(HasSubstr(
                "resolves   3 seeds: differences beyond 5.12 standard deviations of a paired difference\n"),
            HasSubstr("           6 seeds: 1.56 standard deviations, for 3 core-hours more\n"),
            HasSubstr("           10 seeds: 0.984 standard deviations, for 7 core-hours more\n"),
            HasSubstr(
                "assumed, not measured: were that 0.2 points of accuracy, 3 seeds would resolve 1.02 points"),
            HasSubstr("4 comparisons of k with the best"), HasSubstr("half of all sweeps")));
}

TEST(Resolution, TakesTheDeviationFromStoredResults) {
  const auto plan = plan_of({5, 10, 20}, 3);
  const Resolution found = resolution_of(plan, results_for(plan), accuracy);
  EXPECT_EQ(found.n_measured, 2u);
  EXPECT_NEAR(found.deviation, 0.002, 1e-12);  // the median of 0.001 and 0.003
  EXPECT_THAT(
      resolution_text(found, accuracy, 0),
      AllOf(HasSubstr("points of accuracy"),
            HasSubstr("standard deviation of 0.2 points (median of 2 settings"), Not(HasSubstr("assumed"))));
}

TEST(Resolution, DoesNotTrustTwoSeeds) {
  const auto plan = plan_of({5, 10, 20}, 2);
  const Resolution found = resolution_of(plan, results_for(plan), accuracy);
  EXPECT_EQ(found.n_measured, 0u);
  EXPECT_THAT(resolution_text(found, accuracy, 3600),
              AllOf(HasSubstr("2 seeds: no interval, so that no difference is told from chance\n"),
                    HasSubstr("           3 seeds: "), HasSubstr("for 1 core-hours more")));
}

TEST(Resolution, SaysNothingWhereThereIsNothingToCompare) {
  const auto plan = plan_of({5}, 3);
  EXPECT_EQ(resolution_text(resolution_of(plan, nothing_for(plan), accuracy), accuracy, 1), "");
}

TEST(Resolution, CountsAllPairsWhereTheSameValuesChooseAndJudge) {
  const auto plan = plan_of({5, 10, 20, 40, 80}, 3);
  EXPECT_EQ(resolution_of(plan, nothing_for(plan), *find_metric("true_mcc")).n_comparisons, 10u);
}

TEST(Resolution, NamesAnExampleInPointsForAccuracyAlone) {
  const auto plan = plan_of({5, 10}, 3);
  const ReportMetric& fvu = *find_metric("fvu");
  EXPECT_THAT(resolution_text(resolution_of(plan, nothing_for(plan), fvu), fvu, 1),
              Not(HasSubstr("assumed")));
}

}  // namespace
}  // namespace ksweep
