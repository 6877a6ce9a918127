#include "cli/metric_table.h"

#include <gmock/gmock.h>

#include <sstream>
#include <string>

namespace ksweep {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const ReportMetric& accuracy = *find_metric("accuracy");

/// k = 5 and 10, weights 0 and 0.1, seeds 0..2; the last one of k = 10, weight 0.1 is missing.
SweepRecord record() {
  SweepRecord record;
  record.axes = {"model.k", "model.sparsity_weight", "train.seed"};
  for (const int k : {5, 10})
    for (const double weight : {0.0, 0.1})
      for (int seed = 0; seed < 3; ++seed) {
        TrialResult& result = record.trials.emplace_back();
        result.trial.k = k;
        result.trial.sparsity_weight = weight;
        result.trial.seed = seed;
        if (k == 10 && weight > 0 && seed == 2) continue;
        result.status = Status::done;
        result.test_accuracy = 0.9 + 0.001 * k + 0.1 * weight + 0.001 * seed;
      }
  return record;
}

TEST(MetricTable, ShowsMeanAndTIntervalOverTheSeeds) {
  // 90.5, 90.6, 90.7 %: standard error 0.0577, t(0.975; 2) = 4.303.
  EXPECT_THAT(metric_table(record(), accuracy, 80), HasSubstr("\n     5           90.60 +- 0.25"));
}

TEST(MetricTable, ImpliesNoAccuracyThatCannotBe) {
  SweepRecord near_the_end = record();
  const double accuracies[] = {0.99, 1.0, 1.0};
  for (std::size_t i = 0; i < 3; ++i) near_the_end.trials[i].test_accuracy = accuracies[i];
  // 99.67 %: standard error 0.333, t(0.975; 2) = 4.303: half is 1.43, of which 0.33 are below 100.
  EXPECT_THAT(metric_table(near_the_end, accuracy, 80), HasSubstr("99.67 -1.43 +0.33"));
  for (std::size_t i = 0; i < 3; ++i) near_the_end.trials[i].test_accuracy = 1 - accuracies[i];
  EXPECT_THAT(metric_table(near_the_end, accuracy, 80), HasSubstr("0.33 -0.33 +1.43"));
}

TEST(MetricTable, TellsHowManySeedsAreDone) {
  EXPECT_THAT(metric_table(record(), accuracy, 80), HasSubstr("             92.05 (2/3)\n"));
}

TEST(MetricTable, NamesSettingsByWhatIsNeitherKNorSeed) {
  const std::string text = metric_table(record(), accuracy, 80);
  EXPECT_THAT(text, HasSubstr("A = sparsity_weight=0\n  B = sparsity_weight=0.1\n"));
  EXPECT_THAT(text, Not(HasSubstr("seed=")));
}

TEST(MetricTable, PlotsTheMeansFromTheLowestToTheHighest) {
  const std::string text = metric_table(record(), accuracy, 80);
  EXPECT_THAT(text, HasSubstr("  92.05 |"));
  EXPECT_THAT(text, HasSubstr("  90.60 |"));
  EXPECT_THAT(text, HasSubstr("           5          10\n"));
}

TEST(MetricTable, IsNoWiderThanTheTerminal) {
  SweepRecord many_axes = record();
  many_axes.axes = {"model.k",
                    "model.sparsity_weight",
                    "model.input_noise",
                    "train.learning_rate",
                    "train.weight_decay",
                    "train.optimizer"};
  std::istringstream lines(metric_table(many_axes, accuracy, 80));
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80U) << line;
  EXPECT_THAT(lines.str(), HasSubstr("weight_decay=0\n      optimizer="));
}

TEST(MetricTable, OfASweepWithoutResultsHasNoPlot) {
  SweepRecord empty = record();
  for (TrialResult& result : empty.trials) result.status = Status::missing;
  EXPECT_THAT(metric_table(empty, accuracy, 80), Not(HasSubstr("|")));
}

/// k = 5 and 10, seeds 0 and 1, without labels.
SweepRecord unlabelled() {
  SweepRecord record;
  record.axes = {"model.k", "train.seed"};
  for (const int k : {5, 10, 20})
    for (int seed = 0; seed < 2; ++seed) {
      TrialResult& result = record.trials.emplace_back();
      result.trial.k = k;
      result.trial.seed = seed;
      result.status = Status::done;
      result.test_fvu = 1.0 / (k * k);
      result.true_mcc = 0.9;
    }
  return record;
}

TEST(MetricTable, ShowsVarianceUnexplainedInPercentWithFourDigits) {
  const std::string text = metric_table(unlabelled(), *find_metric("fvu"), 80);
  EXPECT_THAT(text, HasSubstr("Test variance unexplained in %, mean over the seeds"));
  EXPECT_THAT(text, HasSubstr("A = test variance unexplained\n"));
  EXPECT_THAT(text, HasSubstr("\n     5                       4\n"));
  EXPECT_THAT(text, HasSubstr("\n    20                    0.25\n"));
}

TEST(MetricTable, PlotsALogarithmicMetricOnALogarithmicAxis) {
  // 4, 1, 0.25 %: equal steps on it, so the middle one is at line 6 or 7 of 12.
  const std::string text = metric_table(unlabelled(), *find_metric("fvu"), 80);
  std::istringstream lines(text.substr(text.find("      4 |")));
  std::string line;
  for (int i = 0; i < 7; ++i) std::getline(lines, line);
  EXPECT_THAT(line, HasSubstr("A"));
}

TEST(MetricTable, OfWeightsSaysNothingOfTheTestSet) {
  const std::string text = metric_table(unlabelled(), *find_metric("true_mcc"), 80);
  EXPECT_THAT(text, HasSubstr("GT-MCC, mean over the seeds"));
  EXPECT_THAT(text, HasSubstr("    0.9\n"));
}

TEST(MetricTable, OfARaceTellsWhoLeftAndMissesNothingOfThem) {
  SweepRecord raced = record();
  RaceRecord race;
  race.first_trials = {0, 3, 6, 9};
  race.state = {RaceEnd::going_on, 3, 0, {0, 1, 2}, {{3, 2, 0, {0, 0, 0}}}, {}};
  raced.race = race;
  raced.trials[2].status = Status::missing;  // of k = 5, weight 0, which is in the race
  EXPECT_THAT(metric_table(raced, accuracy, 80), HasSubstr("92.05 (left after 2)"));
  EXPECT_THAT(metric_table(raced, accuracy, 80), HasSubstr("90.55 (2/3)"));
  raced.race->state.end = RaceEnd::within_tolerance;
  EXPECT_THAT(metric_table(raced, accuracy, 80), Not(HasSubstr("(2/3)")));
}

}  // namespace
}  // namespace ksweep
