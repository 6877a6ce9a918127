#include "run/publisher.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <optional>

#include "base/atomic_file.h"
#include "base/host.h"
#include "base/process.h"
#include "environment_variable.h"
#include "planned.h"
#include "run/launch.h"
#include "run/run_lock.h"
#include "run/text.h"
#include "store/status_file.h"
#include "store/sweep_file.h"
#include "temporary_folder.h"

namespace ksweep {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

using Clock = std::chrono::steady_clock;

/// What rank 0 publishes of four trials, of which the first is done.
class PublisherTest : public testing::Test {
 protected:
  PublisherTest() {
    sweep_.title = "Accuracy versus k";
    sweep_.axes = {{"model.k", {"10", "25", "40", "70"}}, {"train.seed", {"0"}}};
    options_.quiet = true;
    store_.write(done(plan_[0]));
  }
  /// As of what is stored when it is called.
  Publisher& publisher(const std::vector<bool>& mine = {true, true, true, true}) {
    const std::vector<bool> needs_no_weights(plan_.size());
    table_.emplace(sweep_, plan_, store_, mine, needs_no_weights, false);
    if (race_rules_) race_.emplace(*race_rules_, *find_metric("fvu"), table_->trials(), std::nullopt);
    calibration_.emplace(
        *table_, [](const Trial&) { return DataFacts{"", 784, 10, 1000, 1000, 1000}; }, default_rates());
    return publisher_.emplace(sweep_, *table_, pairs_, store_, options_, race_ ? &*race_ : nullptr, stop_);
  }
  Publisher& publisher_of_a_shard() {
    options_.shard = {1, 2};
    return publisher({true, true, false, false});
  }
  bool fold(const std::string& finished = "") { return publisher_->fold(*table_, *calibration_, finished); }
  bool fold_at_last(const std::function<void()>& waiting) {
    return publisher_->fold_at_last(*table_, *calibration_, "", waiting);
  }
  SweepRecord record() const { return read_sweep_file(folder_.path() / "sweep.h5"); }
  bool has_record() const { return std::filesystem::exists(folder_.path() / "sweep.h5"); }
  SweepStatus status_of(const ProgressState& progress, const RunState& state = {"running"}) {
    publisher_->write_status(state, progress);
    return read_status(status_path(folder_.path(), options_.shard.suffix()));
  }
  void fail(std::uint32_t position) const {
    TrialResult result = done(plan_[position]);
    result.status = Status::failed;
    result.reason = "the loss is not a number";
    store_.write(result);
  }

  const TemporaryFolder folder_;
  const Store store_ = prepared_store(folder_.path());
  std::vector<PlannedTrial> plan_ = {planned(10), planned(25), planned(40), planned(70)};
  std::vector<PlannedPair> pairs_;
  std::atomic<bool> stop_ = false;
  Sweep sweep_;
  RunOptions options_;
  std::optional<RaceRules> race_rules_;
  std::optional<ResultTable> table_;
  std::optional<Race> race_;
  std::optional<Calibration> calibration_;
  std::optional<Publisher> publisher_;
};

TEST_F(PublisherTest, TheStatusSaysWhereTheSweepStands) {
  const double before = unix_time_s();
  publisher();
  const EnvironmentVariable attempt(attempt_variable, "4711-2");
  ProgressState progress;
  progress.n_done = 30;
  progress.n_failed = 2;
  progress.n_left = 8;
  progress.n_running = 3;
  progress.n_before = 12;
  progress.elapsed_s = 4;
  progress.left_s = 90;
  const SweepStatus status = status_of(progress, {"stopped", 75, 1, R"([{"rank": 1}])"});
  EXPECT_EQ(status.title, "Accuracy versus k");
  EXPECT_EQ(status.state, "stopped");
  EXPECT_EQ(status.exit_code, 75);
  EXPECT_EQ(status.ranks_lost, 1);
  EXPECT_EQ(status.host, host_name());
  EXPECT_EQ(status.pid, ::getpid());
  EXPECT_EQ(status.pid_start, static_cast<double>(process_start(::getpid())));
  EXPECT_EQ(status.attempt, "4711-2");
  EXPECT_EQ(status.shard, "");
  EXPECT_EQ(status.n_trials, 4);
  EXPECT_EQ(status.n_done, 30);
  EXPECT_EQ(status.n_failed, 2);
  EXPECT_EQ(status.n_running, 3);
  EXPECT_EQ(status.n_not_needed, 0);
  EXPECT_EQ(status.race, "");
  EXPECT_EQ(status.trials_per_s, 5);
  EXPECT_EQ(status.left_s, 90);
  EXPECT_GE(status.started_unix_s, before - 1);  // it is stored with few digits
  EXPECT_GE(status.updated_unix_s, status.started_unix_s);
  EXPECT_THAT(read_file(status_path(folder_.path())), testing::HasSubstr(R"([{"rank": 1}])"));
}

TEST_F(PublisherTest, TheStatusKnowsNoRateBeforeTimeHasPassedAndNoAttemptWithoutASupervisor) {
  publisher();
  const EnvironmentVariable attempt(attempt_variable, nullptr);
  ProgressState progress;
  progress.n_done = 1;
  const SweepStatus status = status_of(progress);
  EXPECT_EQ(status.trials_per_s, 0);
  EXPECT_EQ(status.attempt, "");
  EXPECT_TRUE(std::isnan(status.exit_code));
}

TEST_F(PublisherTest, TheStatusTellsAccuracyFromOtherMetrics) {
  publisher();
  ProgressState progress;
  progress.best = {find_metric("accuracy"), 0.75, "k=25"};
  SweepStatus status = status_of(progress);
  EXPECT_EQ(status.best_accuracy, 0.75);
  EXPECT_TRUE(std::isnan(status.best));
  EXPECT_EQ(status.best_metric, "accuracy");
  EXPECT_EQ(status.best_trial, "k=25");
  progress.best = {find_metric("fvu"), 0.25, "k=40"};
  status = status_of(progress);
  EXPECT_TRUE(std::isnan(status.best_accuracy));
  EXPECT_EQ(status.best, 0.25);
  EXPECT_EQ(status.best_metric, "fvu");
}

TEST_F(PublisherTest, TheStatusOfARaceCountsWhatItDoesNotAskFor) {
  publisher();
  ProgressState progress;
  progress.n_done = 1;
  progress.n_left = 2;
  EXPECT_EQ(status_of(progress).n_not_needed, 0);
  progress.race = RaceProgress{.n_settings = 12, .n_out = 7, .n_rounds = 5};
  EXPECT_EQ(status_of(progress).race, "7 of 12 settings left the race after 5 seeds");
  EXPECT_EQ(status_of(progress).n_not_needed, 1);
  progress.n_failed = 1;
  EXPECT_EQ(status_of(progress).n_not_needed, 0);
}

TEST_F(PublisherTest, TheStatusOfAShardIsAFileOfItsOwn) {
  publisher_of_a_shard();
  const SweepStatus status = status_of({});
  EXPECT_EQ(status.shard, "1/2");
  EXPECT_EQ(status.n_trials, 2);
  EXPECT_FALSE(std::filesystem::exists(status_path(folder_.path())));
}

TEST_F(PublisherTest, TheStatusHoldsTheNotesLineByLine) {
  store_.write(done(planned(99)));
  fail(1);
  publisher().describe({}, {{"title", "no note"}, {"data_notes", "mnist: of 10 classes"}});
  const std::string others =
      "1 finished trial of other grids in this folder: kept, and left out of reports; `" +
      shell_command({program_word(), "prune", folder_.path().string()}) +
      "` removes what this grid does not ask for";
  EXPECT_EQ(publisher_->note_on_others(), others);
  EXPECT_EQ(status_of({}).notes, "mnist: of 10 classes\n" + others);
  ProgressState progress;
  progress.n_failed = 1;
  EXPECT_EQ(status_of(progress).notes, "mnist: of 10 classes\n" + others +
                                           "\nfailed trials, the commonest reason: the loss is not a number");
}

TEST_F(PublisherTest, TheStatusBeginsWithTheOnlyNote) {
  fail(1);
  publisher();
  EXPECT_EQ(status_of({}).notes, "");
  ProgressState progress;
  progress.n_failed = 1;
  EXPECT_EQ(status_of(progress).notes, "failed trials, the commonest reason: the loss is not a number");
}

TEST_F(PublisherTest, NothingIsDueAtTheBegin) {
  const auto begin = Clock::now();
  publisher();
  EXPECT_TRUE(!publisher_->is_status_due() || Clock::now() - begin > std::chrono::seconds(2));
  EXPECT_TRUE(!publisher_->is_fold_due() || Clock::now() - begin > std::chrono::seconds(30));
}

TEST_F(PublisherTest, ShowsProgressUnlessItIsToBeQuiet) {
  const EnvironmentVariable no_terminal("TERM", nullptr);
  ProgressState progress;
  progress.n_done = 1;
  progress.n_left = 3;
  for (const bool quiet : {true, false}) {
    options_.quiet = quiet;
    publisher();
    testing::internal::CaptureStderr();
    publisher_->show(progress);
    EXPECT_EQ(testing::internal::GetCapturedStderr(), quiet ? "" : "1/4 done\n");
    progress.n_done = 2;
    testing::internal::CaptureStderr();
    publisher_->show_last(progress);
    EXPECT_EQ(testing::internal::GetCapturedStderr(), quiet ? "" : "2/5 done\n");
    progress.n_done = 1;
  }
}

TEST_F(PublisherTest, TheSweepFileHoldsWhatIsKnown) {
  store_.write(done(planned(99)));
  publisher().describe({3, 4, 5}, {{"title", "Accuracy versus k"}, {"sweep_text", "k = 10"}});
  EXPECT_TRUE(fold("2026-01-02T03:04:05Z"));
  const SweepRecord found = record();
  using Fact = std::pair<std::string, std::string>;
  EXPECT_THAT(found.provenance,
              testing::IsSupersetOf({Fact("title", "Accuracy versus k"), Fact("sweep_text", "k = 10"),
                                     Fact("finished", "2026-01-02T03:04:05Z"),
                                     Fact("cost_rates", rates_text(default_rates()))}));
  EXPECT_THAT(found.axes, ElementsAre("model.k", "train.seed"));
  EXPECT_EQ(found.channels, 3);
  EXPECT_EQ(found.height, 4);
  EXPECT_EQ(found.width, 5);
  ASSERT_THAT(found.trials, SizeIs(4));
  EXPECT_EQ(found.trials[0].status, Status::done);
  EXPECT_EQ(found.trials[1].status, Status::missing);
  ASSERT_THAT(found.others, SizeIs(1));
  EXPECT_EQ(found.others[0].id, planned(99).id);
  EXPECT_FALSE(found.race);
}

TEST_F(PublisherTest, AnUnfinishedSweepHasNoTimeOfItsEnd) {
  publisher();
  EXPECT_TRUE(fold());
  EXPECT_EQ(attribute(record(), "finished"), "");
}

TEST_F(PublisherTest, TheSweepFileSaysHowAlikeSeedsAre) {
  store_.write(done(plan_[1]));
  pairs_ = {{.id = 5, .identity = "of both", .first = 0, .second = 1}};
  store_.write_pair({.id = 5,
                     .first = plan_[0].training_id,
                     .second = plan_[1].training_id,
                     .mcc = 0.5,
                     .upper = 0.5,
                     .by_chance = 0.125,
                     .cosine_of_first = {0.9f},
                     .cosine_of_second = {0.9f}},
                    "of both");
  publisher();
  fold();
  EXPECT_EQ(record().trials[0].consistency, 0.5);
  EXPECT_EQ(record().trials[1].consistency_by_chance, 0.125);
}

/// Two settings with the same k, whose variance unexplained is this, of the first two seeds.
class RacePublisherTest : public PublisherTest {
 protected:
  RacePublisherTest() {
    plan_ = {planned(10, 0), planned(10, 1), other(0), other(1)};
    for (const std::uint32_t position : {0, 1, 2, 3}) {
      TrialResult result = done(plan_[position]);
      result.validation_accuracy = 0.5;
      result.validation_fvu = std::vector{0.2, 0.21, 0.9, 0.1}[position];
      store_.write(result);
    }
    sweep_.report_metric = "fvu";
  }
  static PlannedTrial other(int seed) {
    Trial trial = planned(10, seed).trial;
    trial.n_hidden *= 2;
    return {trial, trial_id(trial), training_id(trial)};
  }
};

TEST_F(RacePublisherTest, TheBestOfEachKIsChosenByTheSweepsMetric) {
  publisher();
  fold();
  ASSERT_THAT(record().best, SizeIs(1));
  EXPECT_EQ(record().best[0].id, plan_[3].id);
}

TEST_F(RacePublisherTest, OfARaceItIsTheLeaders) {
  race_rules_ = RaceRules{};
  race_rules_->start = 2;
  publisher();
  fold();
  ASSERT_TRUE(record().race);
  EXPECT_EQ(record().race->metric, "fvu");
  ASSERT_THAT(record().best, SizeIs(1));
  EXPECT_EQ(record().best[0].id, plan_[0].id);
}

TEST_F(PublisherTest, AWholeSweepAsksForNoLock) {
  const FoldLock taken(folder_.path(), [] { return false; });
  publisher();
  EXPECT_TRUE(fold());
}

TEST_F(PublisherTest, AShardAddsWhatOthersFinishedMeanwhile) {
  publisher_of_a_shard();
  store_.write(done(plan_[3]));
  EXPECT_TRUE(fold());
  EXPECT_EQ(record().trials[3].status, Status::done);
}

TEST_F(PublisherTest, AShardDoesNotWaitForAnotherThatIsWriting) {
  const FoldLock taken(folder_.path(), [] { return false; });
  publisher_of_a_shard();
  EXPECT_FALSE(fold());
  EXPECT_FALSE(has_record());
}

TEST_F(PublisherTest, AtLastAShardWaitsUntilTheOtherHasWritten) {
  std::optional<FoldLock> taken(std::in_place, folder_.path(), [] { return false; });
  publisher_of_a_shard();
  int n_waits = 0;
  EXPECT_TRUE(fold_at_last([&] {
    if (++n_waits == 2) taken.reset();
  }));
  EXPECT_EQ(n_waits, 2);
  EXPECT_TRUE(has_record());
}

TEST_F(PublisherTest, AfterAStopAShardStillHasSomePatience) {
  std::optional<FoldLock> taken(std::in_place, folder_.path(), [] { return false; });
  publisher_of_a_shard();
  stop_ = true;
  const auto begin = Clock::now();
  int n_waits = 0;
  const bool written = fold_at_last([&] {
    if (++n_waits == 2) taken.reset();
  });
  EXPECT_TRUE(written || Clock::now() - begin > std::chrono::seconds(3));
}

TEST_F(PublisherTest, ASweepFileIsOfThisGridIfTextAndOverridesAre) {
  using Facts = std::vector<std::pair<std::string, std::string>>;
  publisher();
  const auto is_of = [&](const Facts& facts) {
    publisher_->describe({}, facts);
    return publisher_->sweep_file_is_of_this_grid();
  };
  const Facts facts = {{"title", "one"}, {"sweep_text", "k = 10"}, {"overrides", "model.k=25"}};
  EXPECT_FALSE(is_of(facts));  // there is none yet
  fold();
  EXPECT_TRUE(is_of(facts));
  EXPECT_TRUE(is_of({{"title", "two"}, {"sweep_text", "k = 10"}, {"overrides", "model.k=25"}}));
  EXPECT_FALSE(is_of({{"title", "one"}, {"sweep_text", "k = 11"}, {"overrides", "model.k=25"}}));
  EXPECT_FALSE(is_of({{"title", "one"}, {"sweep_text", "k = 10"}, {"overrides", ""}}));
}

}  // namespace
}  // namespace ksweep
