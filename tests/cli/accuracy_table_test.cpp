#include "cli/accuracy_table.h"

#include <gmock/gmock.h>

#include <sstream>
#include <string>

namespace ksweep {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

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

TEST(AccuracyTable, ShowsMeanAndTIntervalOverTheSeeds) {
  // 90.5, 90.6, 90.7 %: standard error 0.0577, t(0.975; 2) = 4.303.
  EXPECT_THAT(accuracy_table(record(), 80), HasSubstr("\n     5         90.60 +- 0.25"));
}

TEST(AccuracyTable, TellsHowManySeedsAreDone) {
  EXPECT_THAT(accuracy_table(record(), 80), HasSubstr("+- 0.64 (2/3)"));
}

TEST(AccuracyTable, NamesSettingsByWhatIsNeitherKNorSeed) {
  const std::string text = accuracy_table(record(), 80);
  EXPECT_THAT(text, HasSubstr("A = sparsity_weight=0\n  B = sparsity_weight=0.1\n"));
  EXPECT_THAT(text, Not(HasSubstr("seed=")));
}

TEST(AccuracyTable, PlotsTheMeansFromTheLowestToTheHighest) {
  const std::string text = accuracy_table(record(), 80);
  EXPECT_THAT(text, HasSubstr("  92.05 |"));
  EXPECT_THAT(text, HasSubstr("  90.60 |"));
  EXPECT_THAT(text, HasSubstr("           5          10\n"));
}

TEST(AccuracyTable, IsNoWiderThanTheTerminal) {
  SweepRecord many_axes = record();
  many_axes.axes = {"model.k",
                    "model.sparsity_weight",
                    "model.input_noise",
                    "train.learning_rate",
                    "train.weight_decay",
                    "train.optimizer"};
  std::istringstream lines(accuracy_table(many_axes, 80));
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80U) << line;
  EXPECT_THAT(lines.str(), HasSubstr("weight_decay=0\n      optimizer="));
}

TEST(AccuracyTable, OfASweepWithoutResultsHasNoPlot) {
  SweepRecord empty = record();
  for (TrialResult& result : empty.trials) result.status = Status::missing;
  EXPECT_THAT(accuracy_table(empty, 80), Not(HasSubstr("|")));
}

}  // namespace
}  // namespace ksweep
