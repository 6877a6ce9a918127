#include "cli/race_cost.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "core/metrics.h"
#include "core/trial_keys.h"
#include "cost/work.h"
#include "race/simulated_race.h"
#include "sweep/planned_trials.h"

namespace ksweep {
namespace {

using ::testing::IsEmpty;

/// Rates by which only the reading of a million numbers takes time: a second.
Rates reading_takes_all() {
  Rates rates{.training = std::vector<double>(training_kinds().size()),
              .probe = std::vector<double>(probe_kinds().size())};
  const auto kinds = training_kinds();
  const auto reading = std::ranges::find(kinds, std::string_view("data"), &WorkKind::name);
  rates.training.at(static_cast<std::size_t>(reading - kinds.begin())) = 1;
  return rates;
}

/// Races of settings whose trainings take as many seconds as their k says; those of a baseline take 100,000.
class RaceCostTest : public ::testing::Test {
 protected:
  RaceCostTest() { rules_.start = 2; }

  void add(int k, int n_seeds, int n_hidden = 1000, ModelKind kind = ModelKind::k_sparse) {
    for (int seed = 0; seed < n_seeds; ++seed) {
      Trial trial = default_trial();
      trial.k = k;
      trial.n_hidden = n_hidden;
      trial.kind = kind;
      trial.seed = seed;
      plan_.push_back({trial, trial_id(trial), training_id(trial)});
      results_.emplace_back().trial = trial;
    }
  }
  /// Adds two lines of settings over four seeds, one of three values of k and one of two, and a setting without others in its line.
  void add_lines() {
    rules_.refine = true;
    rules_.n_seeds = 4;
    for (const int k : {10, 20, 80}) add(k, 4);
    for (const int k : {10, 200}) add(k, 4, 500);
    add(3, 4, 250);
  }
  /// Finishes the first seeds of all settings: that of this k is best, by little.
  void finish(std::int64_t n_seeds, int k, int n_hidden) {
    for (TrialResult& result : results_) {
      if (result.trial.seed >= n_seeds) continue;
      const bool leads = result.trial.k == k && result.trial.n_hidden == n_hidden;
      result.status = Status::done;
      result.validation_fvu = (leads ? 0.4999 : 0.5) + 0.01 * static_cast<double>(result.trial.seed % 2);
    }
  }
  RaceCost cost() const {
    const auto facts = [](const Trial& trial) {
      DataFacts of_data;
      of_data.n_inputs = trial.kind == ModelKind::random ? 100'000 : trial.k;
      of_data.n_train = 600'000;
      of_data.n_test = 400'000;
      return of_data;
    };
    const Race race(rules_, *find_metric("fvu"), results_, {});
    return race_cost(race, rules_, plan_, facts, reading_takes_all());
  }
  /// The steps to a single optimum if the setting of this k leads.
  std::size_t n_halvings_around(int k, int n_hidden) {
    finish(2, k, n_hidden);
    return cost().n_halvings;
  }

  RaceRules rules_;
  std::vector<PlannedTrial> plan_;
  std::vector<TrialResult> results_;
};

TEST_F(RaceCostTest, IsBetweenThatOfTheFirstSeedsAndThatOfAll) {
  for (const int k : {10, 20, 30, 40, 50, 60}) add(k, 10);
  rules_.n_seeds = 10;
  const RaceCost found = cost();
  EXPECT_EQ(found.metric, "fvu");
  EXPECT_EQ(found.n_settings, 6u);
  EXPECT_EQ(found.n_added, 0u);
  EXPECT_EQ(found.n_seeds, 10u);
  EXPECT_EQ(found.n_least, 4u);  // three differences are too few for an error of 0.05 / 5, four are enough
  EXPECT_DOUBLE_EQ(found.least_s, 4 * 210);
  EXPECT_DOUBLE_EQ(found.most_s, 10 * 210);
  EXPECT_DOUBLE_EQ(found.on_slope_s, share_on_slope(6, rules_) * 2100);
  EXPECT_DOUBLE_EQ(found.most_of_setting_s, 600);
  EXPECT_EQ(found.standing, "");
}

TEST_F(RaceCostTest, OfSettingsThatWereGivenSharesTheErrorAmongThese) {
  for (const int k : {10, 20, 30, 40, 50, 60}) add(k, 10);
  rules_.n_seeds = 10;
  rules_.n_given = 2;
  EXPECT_EQ(cost().n_added, 4u);
  EXPECT_EQ(cost().n_least, 3u);  // enough for an error of 0.05
}

TEST_F(RaceCostTest, NoSettingLeavesBeforeTheFirstDecision) {
  for (const int k : {10, 20}) add(k, 10);
  rules_.n_seeds = 10;
  EXPECT_EQ(cost().n_least, 3u);
  rules_.start = 5;
  EXPECT_EQ(cost().n_least, 5u);
  EXPECT_DOUBLE_EQ(cost().least_s, 5 * 30);
}

TEST_F(RaceCostTest, TakesNoMoreSeedsThanThereAre) {
  for (const int k : {10, 20, 30, 40, 50, 60}) add(k, 3);
  rules_.n_seeds = 3;
  EXPECT_EQ(cost().n_least, 3u);
  EXPECT_DOUBLE_EQ(cost().least_s, 3 * 210);
  EXPECT_DOUBLE_EQ(cost().most_s, 3 * 210);
}

// A baseline may have a single trial, which takes its time however the race goes.
TEST_F(RaceCostTest, HasThatOfBaselines) {
  for (const int k : {10, 20}) add(k, 10);
  add(1, 1, 1000, ModelKind::random);
  rules_.n_seeds = 10;
  EXPECT_EQ(cost().n_settings, 2u);
  EXPECT_DOUBLE_EQ(cost().least_s, 100'000 + 3 * 30);
  EXPECT_DOUBLE_EQ(cost().most_s, 100'000 + 10 * 30);
  EXPECT_DOUBLE_EQ(cost().on_slope_s, 100'000 + 3 * 30);  // a share of it would be less than the least
  EXPECT_DOUBLE_EQ(cost().most_of_setting_s, 200);
}

TEST_F(RaceCostTest, CountsTheValuesOfKThatMayBeAdded) {
  add_lines();
  EXPECT_TRUE(cost().may_grow);
  EXPECT_EQ(cost().n_between, 9u + 59u + 189u);
  EXPECT_EQ(cost().n_halvings, 8u);  // of 189, 94, 47, 23, 11, 5, 2, 1
}

TEST_F(RaceCostTest, AddsNothingUnlessAskedTo) {
  add_lines();
  rules_.refine = false;
  EXPECT_FALSE(cost().may_grow);
  EXPECT_EQ(cost().n_between, 0u);
  EXPECT_EQ(cost().n_halvings, 0u);
}

TEST_F(RaceCostTest, CountsTheStepsOnBothSidesOfTheLeaderAlone) {
  add_lines();
  EXPECT_EQ(n_halvings_around(10, 1000), 4u);    // 9, 4, 2, 1
  EXPECT_EQ(n_halvings_around(20, 1000), 6u);    // 59, 29, 14, 7, 3, 1
  EXPECT_EQ(n_halvings_around(80, 1000), 6u);    // the same
  EXPECT_EQ(n_halvings_around(200, 500), 8u);    // 189, ...
  EXPECT_EQ(n_halvings_around(3, 250), 0u);      // nothing is between
  EXPECT_EQ(cost().n_between, 9u + 59u + 189u);  // all the same
}

TEST_F(RaceCostTest, SaysHowTheRaceStands) {
  add_lines();
  EXPECT_EQ(cost().standing, "");
  finish(2, 20, 1000);
  EXPECT_EQ(cost().standing, "0 of 6 settings left the race after 2 seeds; values of k may be added");
  finish(4, 20, 1000);
  EXPECT_EQ(
      cost().standing,
      "the race ended after 4 seeds: all values of train.seed are used, and nothing tells 6 settings apart.");
  EXPECT_FALSE(cost().may_grow);
}

/// Costs of a race that has not begun.
RaceCost usual() {
  RaceCost cost;
  cost.metric = "fvu";
  cost.n_settings = 6;
  cost.n_seeds = 10;
  cost.n_least = 4;
  cost.least_s = 4 * 3600;
  cost.most_s = 20 * 3600;
  cost.on_slope_s = 12.5 * 3600;
  cost.most_of_setting_s = 1800;
  return cost;
}

TEST(RaceCostText, SaysWhatItTakesAtLeastAndAtMost) {
  EXPECT_EQ(
      race_cost_text(usual()),
      "race       6 settings over at most 10 seeds by fvu, on the validation part\n"
      "           in all at least 4 core-hours (the first 4 seeds of each setting, if one is far better than all "
      "others)\n"
      "           and at most 20 core-hours (those of the whole grid, if none is better than another);\n"
      "           about 12.5 core-hours if each is worse than the one before by half of the scatter over seeds\n");
}

TEST(RaceCostText, SaysHowManySettingsWereAddedAndHowTheRaceStands) {
  RaceCost cost = usual();
  cost.n_added = 1;
  cost.standing = "2 of 6 settings left the race";
  EXPECT_EQ(
      race_cost_text(cost),
      "race       6 settings (1 with values of k that were added) over at most 10 seeds by fvu, on the validation "
      "part\n"
      "           in all at least 4 core-hours (the first 4 seeds of each setting, if one is far better than all "
      "others)\n"
      "           and at most 20 core-hours (all seeds of all, if none is better than another);\n"
      "           about 12.5 core-hours if each is worse than the one before by half of the scatter over seeds\n"
      "           2 of 6 settings left the race\n");
}

TEST(RaceCostText, NamesAPartOnlyOfMetricsThatHaveParts) {
  RaceCost cost = usual();
  for (const char* name : {"true_mcc", "of a later version"}) {
    cost.metric = name;
    EXPECT_THAT(race_cost_text(cost),
                ::testing::HasSubstr("over at most 10 seeds by " + std::string(name) + "\n"));
  }
}

TEST(RaceCostText, SaysWhatMayBeAdded) {
  RaceCost cost = usual();
  cost.may_grow = true;
  cost.n_between = 70;
  cost.n_halvings = 6;
  EXPECT_THAT(
      race_cost_text(cost),
      ::testing::EndsWith("over seeds\n"
                          "           values of k may be added: of the 70 that lie between, at most 35 "
                          "core-hours with all seeds;\n"
                          "           an optimum that stays in one place takes about 6 steps of two values, "
                          "6 core-hours at most\n"));
}

TEST(RaceCost, ExpectsTwoSettingsAStepButNoMoreThanLieBetween) {
  RaceCost cost = usual();
  cost.n_between = 3;
  cost.n_halvings = 2;
  EXPECT_EQ(cost.n_expected(), 0u);
  EXPECT_THAT(cost.expected_s(), IsEmpty());
  cost.may_grow = true;
  EXPECT_EQ(cost.n_expected(), 3u);
  EXPECT_EQ(cost.expected_s(), std::vector<double>(30, 180));
  cost.n_between = 5;
  EXPECT_EQ(cost.n_expected(), 4u);
}

}  // namespace
}  // namespace ksweep
