#include "store/stored_race.h"

#include <gmock/gmock.h>

#include <functional>

#include "samples.h"
#include "scratch.h"

namespace ksweep {
namespace {

using ::testing::HasSubstr;

constexpr int n_seeds = 5;

/// Two settings over five seeds: the second is worse by about 0.5 in accuracy, and was trained with three.
std::vector<TrialResult> raced() {
  std::vector<TrialResult> trials;
  for (const int k : {10, 25})
    for (int seed = 0; seed < n_seeds; ++seed) {
      trials.push_back(sample_result(seed, k));
      trials.back().validation_accuracy = (k == 10 ? 0.9 : 0.4) + 0.001 * ((seed * k) % 7);
      if (k == 25 && seed > 2) trials.back().status = Status::missing;
    }
  return trials;
}

RaceRecord judged(const std::vector<TrialResult>& trials) {
  const RaceField field = race_field(trials);
  const ReportMetric& metric = *find_metric("accuracy");
  RaceRules rules;
  rules.start = 3;
  rules = complete_rules(rules, field, metric);
  return judge_stored(field, trials, metric, rules);
}

TEST(StoredRace, ASettingLeavesByItsStoredResults) {
  const RaceRecord race = judged(raced());
  EXPECT_FALSE(race.rules.smaller_is_better);
  EXPECT_THAT(race.first_trials, testing::ElementsAre(0, 5));
  ASSERT_EQ(race.state.left.size(), 1u);
  EXPECT_EQ(race.state.left[0].setting, 1u);
  EXPECT_EQ(race.state.left[0].n_seeds, 3u);
  EXPECT_EQ(race.state.end, RaceEnd::one_left);
}

TEST(StoredRace, AMissingResultLeavesItsRoundOpen) {
  std::vector<TrialResult> trials = raced();
  trials[6].status = Status::missing;
  const RaceRecord race = judged(trials);
  EXPECT_EQ(race.state.n_rounds, 1u);
  EXPECT_EQ(race.state.end, RaceEnd::going_on);
}

TEST(StoredRace, BaselinesBesideSettingsThatLearnDoNotRace) {
  std::vector<TrialResult> trials = raced();
  for (std::size_t i = 5; i < trials.size(); ++i) trials[i].trial.kind = ModelKind::random;
  const RaceField field = race_field(trials);
  EXPECT_EQ(field.racing.size(), 1u);
  EXPECT_EQ(field.baselines.size(), 1u);
}

TEST(StoredRace, WhatWasJudgedHasNoFault) {
  const auto trials = raced();
  EXPECT_EQ(fault_of_race(judged(trials), trials), "");
}

TEST(StoredRace, ADifferentDecisionIsNamed) {
  const auto trials = raced();
  RaceRecord race = judged(trials);
  race.state.left[0].n_seeds = 4;
  EXPECT_THAT(fault_of_race(race, trials), HasSubstr("setting 1 left after 4 seeds"));
  race = judged(trials);
  race.state.left.clear();
  EXPECT_THAT(fault_of_race(race, trials), HasSubstr("setting 1 has not left here"));
  race = judged(trials);
  race.state.end = RaceEnd::seeds_used;
  EXPECT_THAT(fault_of_race(race, trials), HasSubstr("seeds used after 3 rounds"));
  race = judged(trials);
  race.rules.start = 1;
  EXPECT_THAT(fault_of_race(race, trials), HasSubstr("rules that no run allows"));
}

TEST(StoredRace, EachPartOfADecisionIsCompared) {
  const auto trials = raced();
  const auto fault_after = [&](const std::function<void(RaceState&)>& spoil) {
    RaceRecord race = judged(trials);
    spoil(race.state);
    return fault_of_race(race, trials);
  };
  for (double Bound::*part : {&Bound::mean, &Bound::low, &Bound::high}) {
    EXPECT_THAT(fault_after([&](RaceState& state) { state.left[0].of_difference.*part += 1; }),
                HasSubstr("setting 1 left"));
    EXPECT_THAT(fault_after([&](RaceState& state) { state.looks[0].of_differences[1].*part += 1; }),
                HasSubstr("the differences after 3 seeds"));
  }
  EXPECT_THAT(fault_after([](RaceState& state) { state.left[0].leader = 1; }),
              HasSubstr("from setting 1 here"));
  EXPECT_THAT(fault_after([](RaceState& state) { state.left[0].stage = 1; }), HasSubstr("setting 1 left"));
  EXPECT_THAT(fault_after([](RaceState& state) { state.looks[0].leader = 1; }),
              HasSubstr("the differences after 3 seeds"));
  EXPECT_THAT(fault_after([](RaceState& state) { state.looks[0].n_seeds = 2; }),
              HasSubstr("the differences after 3 seeds"));
  EXPECT_THAT(fault_after([](RaceState& state) { state.looks[0].stage = 1; }),
              HasSubstr("the differences after 3 seeds"));
  EXPECT_THAT(fault_after([](RaceState& state) { state.leader = 1; }),
              HasSubstr("with setting 1 in the lead here"));
}

TEST(StoredRace, RulesAndSettingsThatDoNotFitTheTrialsAreNamed) {
  std::vector<TrialResult> trials = raced();
  RaceRecord race = judged(trials);
  race.rules.start = n_seeds + 1;
  EXPECT_THAT(fault_of_race(race, trials), HasSubstr("rules that no run allows"));
  race = judged(trials);
  race.rules.n_given = 3;
  EXPECT_THAT(fault_of_race(race, trials), HasSubstr("rules that no run allows"));
  race = judged(trials);
  race.first_trials[1] = 6;
  EXPECT_THAT(fault_of_race(race, trials), HasSubstr("of other settings than its trials"));
}

TEST(StoredRace, ARaceMayBeginWithAllItsSeeds) {
  std::vector<TrialResult> trials = raced();
  for (TrialResult& each : trials) each.status = Status::done;
  const RaceField field = race_field(trials);
  const ReportMetric& metric = *find_metric("accuracy");
  RaceRules rules;
  rules.start = n_seeds;
  EXPECT_EQ(fault_of_race(judge_stored(field, trials, metric, complete_rules(rules, field, metric)), trials),
            "");
}

TEST(StoredRace, ADifferentBoundIsNamed) {
  const auto trials = raced();
  RaceRecord race = judged(trials);
  ASSERT_EQ(race.state.looks.size(), 1u);
  race.state.looks[0].of_differences[1].high += 1;
  EXPECT_THAT(fault_of_race(race, trials),
              HasSubstr("the differences after 3 seeds are not those of the results"));
  race.state.looks.push_back(race.state.looks[0]);
  EXPECT_THAT(fault_of_race(race, trials), HasSubstr("2 decisions here, but by the results 1"));
  race.state.looks.clear();  // of an earlier version
  EXPECT_EQ(fault_of_race(race, trials), "");
}

TEST(StoredRace, ABudgetEndsARaceThatGoesOn) {
  std::vector<TrialResult> trials = raced();
  trials[7].status = Status::missing;
  RaceRecord race = judged(trials);
  race.budget = 0.5;
  EXPECT_EQ(fault_of_race(race, trials), "");
}

TEST(StoredRace, ABudgetEndsNoRaceThatHadEnded) {
  const auto trials = raced();
  RaceRecord race = judged(trials);
  race.budget = 0.5;
  EXPECT_THAT(fault_of_race(race, trials),
              HasSubstr("budget spent after 3 rounds, with setting 0 in the lead here, but"));
}

class StoredRaceFile : public Scratch {};

TEST_F(StoredRaceFile, IsReadBackAsItWasWritten) {
  SweepRecord record = sample_record();
  record.trials = raced();
  record.best.clear();
  record.race = judged(record.trials);
  record.race->budget = 0.25;
  record.race->state.end = RaceEnd::going_on;
  write_sweep_file(folder / "sweep.h5", record);
  const SweepRecord read = read_sweep_file(folder / "sweep.h5");
  ASSERT_TRUE(read.race);
  EXPECT_EQ(read.provenance, record.provenance);
  EXPECT_EQ(read.race->first_trials, record.race->first_trials);
  EXPECT_EQ(read.race->metric, "accuracy");
  EXPECT_EQ(read.race->budget, 0.25);
  EXPECT_EQ(read.race->rules.start, 3u);
  ASSERT_EQ(read.race->state.looks.size(), 1u);
  EXPECT_EQ(read.race->state.looks[0].n_seeds, 3u);
  EXPECT_EQ(read.race->state.looks[0].of_differences[1].low,
            record.race->state.looks[0].of_differences[1].low);
  EXPECT_THAT(fault_of_race(*read.race, read.trials), HasSubstr("budget spent after 3 rounds"));
}

TEST_F(StoredRaceFile, StagesAreReadBack) {
  SweepRecord record = sample_record();
  record.trials = raced();
  record.best.clear();
  const RaceField field = race_field(record.trials);
  RaceRules rules;
  rules.start = 3;
  rules.error = 0.1;  // three seeds are few for a race with stages
  rules.refine = true;
  const ReportMetric& metric = *find_metric("accuracy");
  record.race = judge_stored(field, record.trials, metric, complete_rules(rules, field, metric));
  ASSERT_EQ(record.race->wanted.size(), 1u);
  EXPECT_EQ(record.race->wanted[0].k, 16u);  // between 10 and 25
  write_sweep_file(folder / "sweep.h5", record);
  SweepRecord read = read_sweep_file(folder / "sweep.h5");
  EXPECT_TRUE(read.race->rules.refine);
  EXPECT_EQ(read.race->joined, record.race->joined);
  EXPECT_EQ(fault_of_race(*read.race, read.trials), "");
  read.race->joined[1] = 1;
  EXPECT_THAT(fault_of_race(*read.race, read.trials), HasSubstr("joined in other stages"));
}

TEST_F(StoredRaceFile, AMergedFileSaysNothingOfRaces) {
  SweepRecord record = sample_record();
  record.trials = raced();
  record.best.clear();
  record.race = judged(record.trials);
  write_sweep_file(folder / "sweep.h5", record);
  const SweepRecord merged = merge({folder / "sweep.h5"});
  EXPECT_FALSE(merged.race);
  EXPECT_EQ(attribute(merged, "race_end"), "");
}

}  // namespace
}  // namespace ksweep
