#include "run/race.h"

#include <gmock/gmock.h>

#include "core/trial_keys.h"
#include "refusal.h"

namespace ksweep {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const ReportMetric& fvu = *find_metric("fvu");

/// A race of three settings over four seeds, with two of them before the first decision.
class RaceTest : public testing::Test {
 protected:
  RaceTest() {
    rules_.start = 2;
    rules_.error = 0.3;  // with 0.05, nothing could be decided after two seeds
    for (const int k : {5, 10, 20})
      for (int seed = 0; seed < 4; ++seed) {
        trials_.emplace_back().trial = default_trial();
        trials_.back().trial.k = k;
        trials_.back().trial.seed = seed;
      }
  }
  void finish(std::initializer_list<std::size_t> positions, double value) {
    for (const std::size_t position : positions) {
      trials_[position].status = Status::done;
      trials_[position].validation_fvu = value + 1e-6 * static_cast<double>(position * position % 7);
      trials_[position].wall_time_s = 3600;
      trials_[position].threads = 2;
    }
  }
  Race race(std::optional<double> budget = {}) const { return {rules_, fvu, trials_, budget}; }

  RaceRules rules_;
  std::vector<TrialResult> trials_;
};

TEST_F(RaceTest, BeginsWithTheFirstSeedsOfAllSettings) {
  EXPECT_THAT(race().next_trials(), ElementsAre(0, 1, 4, 5, 8, 9));
  EXPECT_EQ(race().possible_trials().size(), 12u);
}

TEST_F(RaceTest, AnIncompleteRoundIsCompleted) {
  finish({0, 1, 4, 5, 8}, 0.5);
  EXPECT_THAT(race().next_trials(), ElementsAre(9));
}

TEST_F(RaceTest, ThoseThatHaveLeftAreTrainedNoMore) {
  finish({0, 1}, 0.2);
  finish({4, 5}, 0.2 + 1e-6);
  finish({8, 9}, 0.9);
  const Race now = race();
  EXPECT_THAT(now.next_trials(), ElementsAre(2, 6));
  EXPECT_THAT(now.possible_trials(), ElementsAre(2, 3, 6, 7));
  EXPECT_EQ(now.progress().n_out, 1);
  EXPECT_EQ(now.end_sentence(), "");
}

TEST_F(RaceTest, ABudgetThatIsSpentEndsIt) {
  finish({0, 1, 4, 5, 8, 9}, 0.2);
  EXPECT_THAT(race(12.5).next_trials(), ElementsAre(2, 6, 10));
  const Race ended = race(12);
  EXPECT_THAT(ended.next_trials(), IsEmpty());
  EXPECT_THAT(ended.possible_trials(), IsEmpty());
  EXPECT_THAT(ended.end_sentence(), HasSubstr("the budget of 12 core-hours is spent"));
}

TEST_F(RaceTest, ARoundThatHasBegunIsCompletedWhateverItTook) {
  finish({0, 1, 4, 5, 8, 9, 2}, 0.2);
  EXPECT_THAT(race(12.5).next_trials(), ElementsAre(6, 10));
}

TEST_F(RaceTest, BaselinesAreTrainedInEachRound) {
  rules_.error = 0.15;  // of a single comparison, as of each of two elsewhere
  for (std::size_t i = 8; i < 12; ++i) trials_[i].trial.kind = ModelKind::raw;
  finish({0, 1, 4, 5}, 0.2);
  const Race now = race();
  EXPECT_THAT(now.next_trials(), ElementsAre(2, 6, 8, 9, 10));
  EXPECT_EQ(now.progress().n_settings, 2);
}

TEST_F(RaceTest, ResultsWithoutTheMetricAreRefused) {
  finish({0, 1, 4, 5, 8, 9}, not_measured);
  EXPECT_THAT(refusal([&] { race(); }), HasSubstr("no finished trial has a value of variance unexplained"));
}

TEST_F(RaceTest, TheBestTrialIsTheLeaders) {
  EXPECT_EQ(race().best_trial(), std::nullopt);
  finish({0, 1}, 0.2);
  finish({4, 5}, 0.3);
  finish({8}, 0.9);
  finish({9}, 0.1);  // lucky
  EXPECT_LT(*race().best_trial(), 2u);
}

TEST_F(RaceTest, ABudgetIsSpentOnBaselinesToo) {
  rules_.error = 0.15;
  for (std::size_t i = 8; i < 12; ++i) trials_[i].trial.kind = ModelKind::raw;
  finish({0, 1, 4, 5, 8, 9}, 0.2);
  EXPECT_THAT(race(12.5).next_trials(), ElementsAre(2, 6, 10));
  EXPECT_THAT(race(12).next_trials(), IsEmpty());
}

TEST_F(RaceTest, AFailedTrialWithoutATimeCostsNothing) {
  finish({0, 1, 4, 5, 8, 9}, 0.2);
  trials_[8].status = Status::failed;
  trials_[8].wall_time_s = not_measured;
  EXPECT_THAT(race(10).next_trials(), IsEmpty());
  EXPECT_THAT(race(10.5).next_trials(), ElementsAre(2, 6, 10));
}

TEST_F(RaceTest, BaselinesOfARaceThatHasEndedAreTrainedAsFarAsItWent) {
  rules_.error = 0.15;
  for (std::size_t i = 8; i < 12; ++i) trials_[i].trial.kind = ModelKind::raw;
  finish({0, 1}, 0.2);
  finish({4, 5}, 0.9);
  EXPECT_THAT(race().next_trials(), ElementsAre(8, 9));
  EXPECT_THAT(race().possible_trials(), ElementsAre(8, 9));
}

TEST_F(RaceTest, SaysHowItEnded) {
  finish({0, 1, 4, 5, 8, 9}, 0.2);
  EXPECT_EQ(
      race(12).end_sentence(),
      "the race ended after 2 seeds: the budget of 12 core-hours is spent, and 3 settings could not be told "
      "apart; the same command with a larger --budget goes on.");
  rules_.tolerance = 0.1;
  EXPECT_EQ(
      race().end_sentence(),
      "the race ended after 2 seeds: the 3 settings left cannot differ by more than grid.race_tolerance.");
  rules_.tolerance = 0;
  finish({2, 3, 6, 7, 10, 11}, 0.2);
  EXPECT_EQ(
      race().end_sentence(),
      "the race ended after 4 seeds: all values of train.seed are used, and nothing tells 3 settings apart.");
  finish({4, 5, 8, 9}, 0.9);
  EXPECT_EQ(race().end_sentence(), "the race ended after 2 seeds: one setting is left.");
}

TEST_F(RaceTest, TheBestTrialIsTheBestOfTheLeadersOnceThereIsOne) {
  finish({0}, 0.2);
  EXPECT_EQ(race().best_trial(), std::nullopt);  // no round is complete
  finish({1}, 0.2);
  trials_[0].validation_fvu = 0.25;
  finish({4, 5, 8, 9}, 0.3);
  EXPECT_EQ(race().best_trial(), 1u);
}

TEST(MetricOfRace, OfSamplesWithoutLabelsComparesNoClasses) {
  Sweep sweep;
  sweep.where["report.metric"] = "x.cfg:3";
  const std::vector<PlannedTrial> plan{{default_trial(), 1, 1}};
  DataFacts facts;
  const auto metric = [&](int n_classes) -> const ReportMetric& {
    facts.n_classes = n_classes;
    return metric_of_race(sweep, plan, [&](const Trial&) { return facts; });
  };
  EXPECT_EQ(&metric(0), &fvu);
  for (const char* name : {"accuracy", "nmi"}) {
    sweep.report_metric = name;
    EXPECT_THAT(refusal([&] { metric(0); }), HasSubstr("x.cfg:3: report.metric = " + std::string(name) +
                                                       ", but the samples have no labels"))
        << name;
    EXPECT_EQ(&metric(10), find_metric(name)) << name;
  }
}

}  // namespace
}  // namespace ksweep
