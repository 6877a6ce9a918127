#include "run/run_book.h"

#include <gmock/gmock.h>

#include "recorded_run.h"
#include "store/status_file.h"
#include "store/sweep_file.h"

namespace ksweep {
namespace {

using RunBookTest = RecordedRun;

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

TEST_F(RunBookTest, WhatWasDoneBeforeDoesNotCountAsSpeed) {
  write(0, Status::done);
  RunBook& book = begun();
  book.start({}, {});
  const auto speed = [&] { return read_status(status_path(folder_.path())).trials_per_s; };
  EXPECT_EQ(speed(), 0);
  end(book, 1, Status::done);
  RunEnd stopped = RunEnd::stopped;
  book.finish(stopped);
  EXPECT_GT(speed(), 0);
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
