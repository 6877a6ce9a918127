#include "run/run_book.h"

#include <gmock/gmock.h>

#include "planned.h"
#include "store/status_file.h"
#include "store/sweep_file.h"
#include "temporary_folder.h"

namespace ksweep {
namespace {

/// The record of rank 0 of a run of four trials, each of which is a job.
class RunBookTest : public testing::Test {
 protected:
  RunBookTest() {
    for (const PlannedTrial& planned : plan_) sweep_.trials.push_back(planned.trial);
    options_.output = folder_.path();
    options_.quiet = true;
    crashes_.open();
  }
  void write(std::uint32_t trial, Status status) const {
    TrialResult result = done(plan_[trial]);
    result.status = status;
    if (status == Status::failed) result.reason = "the loss is not a number";
    store_.write(result);
  }
  /// The record when a run begins with what is stored.
  RunBook& begun(std::optional<std::size_t> n_failed_before = {}) {
    RunBook& book = book_.emplace(
        RunBook::Subject{.sweep = sweep_,
                         .plan = plan_,
                         .pairs = no_pairs_,
                         .store = store_,
                         .crashes = crashes_,
                         .facts = [](const Trial&) { return DataFacts{"", 784, 10, 1000, 1000, 1000}; },
                         .options = options_,
                         .stop = stop_,
                         .n_failed_before = n_failed_before});
    std::vector<Job> jobs;
    for (std::uint32_t trial = 0; trial < plan_.size(); ++trial)
      jobs.push_back({plan_[trial].training_id, {trial}, 1, true, 1});
    book.begin(jobs, 1);
    return book;
  }
  void end(RunBook& book, std::uint32_t trial, Status status) const {
    write(trial, status);
    book.take({.job = trial, .seconds = 1});
  }

  const TemporaryFolder folder_;
  const Store store_ = prepared_store(folder_.path());
  const std::vector<PlannedTrial> plan_ = {planned(10), planned(25), planned(40), planned(70)};
  const std::vector<PlannedPair> no_pairs_;
  CrashBook crashes_{folder_.path() / "crashes", [](std::uint64_t) { return "no further"; }};
  const std::atomic<bool> stop_ = false;
  Sweep sweep_;
  RunOptions options_;
  std::optional<RunBook> book_;
};

TEST_F(RunBookTest, FailuresOfEarlierRunsDoNotCountAgainstTheMost) {
  write(0, Status::failed);
  options_.max_failures = 1;
  RunBook& book = begun();
  EXPECT_EQ(book.n_failed_before(), 1u);
  end(book, 1, Status::failed);
  EXPECT_FALSE(book.too_many_failed());
  end(book, 2, Status::failed);
  EXPECT_TRUE(book.too_many_failed());
}

TEST_F(RunBookTest, FailuresOfEarlierStagesOfTheSameCommandDo) {
  write(0, Status::failed);
  options_.max_failures = 1;
  RunBook& book = begun(0);
  end(book, 1, Status::done);
  EXPECT_FALSE(book.too_many_failed());
  end(book, 2, Status::failed);
  EXPECT_TRUE(book.too_many_failed());
}

TEST_F(RunBookTest, WithoutAMostAnyNumberMayFail) {
  RunBook& book = begun();
  for (const std::uint32_t trial : {0, 1, 2, 3}) end(book, trial, Status::failed);
  EXPECT_FALSE(book.too_many_failed());
}

TEST_F(RunBookTest, TheExitCodeTellsHowItEnded) {
  RunBook& book = begun();
  end(book, 0, Status::done);
  EXPECT_EQ(book.exit_code(RunEnd::complete), ExitCode::done);
  EXPECT_EQ(book.exit_code(RunEnd::stopped), ExitCode::stopped);
  end(book, 1, Status::failed);
  EXPECT_EQ(book.exit_code(RunEnd::complete), ExitCode::failed_trials);
  EXPECT_EQ(book.exit_code(RunEnd::stopped), ExitCode::stopped);
}

TEST_F(RunBookTest, AStopByTooManyFailuresIsNoneThatSomebodyAskedFor) {
  options_.max_failures = 0;
  RunBook& book = begun();
  end(book, 0, Status::failed);
  EXPECT_EQ(book.exit_code(RunEnd::stopped), ExitCode::failed_trials);
}

TEST_F(RunBookTest, TheStatusTellsWhatIsDoneAndHowItEnded) {
  RunBook& book = begun();
  book.start({}, {{"sweep_text", "[model]\nk = 10, 25, 40, 70\n"}});
  const auto status = [&] { return read_status(status_path(folder_.path())); };
  EXPECT_EQ(status().state, "running");
  EXPECT_TRUE(std::isnan(status().exit_code));
  EXPECT_EQ(read_sweep_file(folder_.path() / "sweep.h5").trials.size(), 4u);
  for (const std::uint32_t trial : {0, 1, 2}) end(book, trial, Status::done);
  end(book, 3, Status::failed);
  RunEnd complete = RunEnd::complete;
  book.finish(complete);
  EXPECT_EQ(status().state, "complete");
  EXPECT_EQ(status().n_trials, 4);
  EXPECT_EQ(status().n_done, 3);
  EXPECT_EQ(status().n_failed, 1);
  EXPECT_EQ(status().exit_code, static_cast<int>(ExitCode::failed_trials));
}

TEST_F(RunBookTest, AResultThatCannotBeReadMakesAStopOfTheEnd) {
  RunBook& book = begun();
  book.start({}, {});
  for (const std::uint32_t trial : {0, 1, 2}) end(book, trial, Status::done);
  book.take({.job = 3, .seconds = 1});  // without a record
  RunEnd end = RunEnd::complete;
  testing::internal::CaptureStderr();
  book.finish(end);
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              testing::HasSubstr("was finished, but its file cannot be read"));
  EXPECT_EQ(end, RunEnd::stopped);
}

TEST_F(RunBookTest, ALostRankIsCountedAndItsTrainingTriedAgainUntilItIsGivenUp) {
  RunBook& book = begun();
  EXPECT_FALSE(book.ranks_lost());
  testing::internal::CaptureStderr();
  for (int rank = 1; rank < 5; ++rank) {
    crashes_.begin(rank, plan_[0].training_id);
    EXPECT_TRUE(book.lose(rank, RankLoss::died, 0));
  }
  EXPECT_TRUE(book.ranks_lost());
  crashes_.begin(5, plan_[0].training_id);
  EXPECT_FALSE(book.lose(5, RankLoss::died, 0));
  testing::internal::GetCapturedStderr();
  EXPECT_EQ(book.results().count(Status::failed), 1u);
}

}  // namespace
}  // namespace ksweep
