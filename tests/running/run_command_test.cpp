#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "base/build_info.h"
#include "base/host.h"
#include "core/trial_keys.h"
#include "run/report_errors.h"
#include "run/run.h"
#include "store/status_file.h"
#include "store/sweep_file.h"
#include "temporary_folder.h"

namespace ksweep {
namespace {

namespace fs = std::filesystem;

/// `ksweep run` on one rank, of a sweep of four trials: two of them are read from one training.
class RunCommand : public testing::Test {
 protected:
  RunCommand() {
    options_.sweep =
        folder_.write("tiny.cfg",
                      "[data]\nset = digits\ntrain = 200\nvalidation = 50\ntest = 100\n"
                      "[model]\nhidden = 16\nk = 4\nalpha = 1, 2\n"
                      "[train]\nepochs = 2\nbatch = 50\nseed = 0, 1\n[probe]\ntolerance = 1e-3\n");
    options_.output = folder_.path() / "out";
    options_.threads = 1;
    options_.quiet = true;
  }
  /// Runs it in a process of its own, as MPI begins once in a process.  Returns its exit code.
  int run() const {
    const pid_t process = ::fork();
    if (process == 0) {
      ::dup2(::open("/dev/null", O_WRONLY), STDOUT_FILENO);
      const int code = report_errors([&] { return run_command(options_); });
      std::_Exit(code);
    }
    int status = 0;
    ::waitpid(process, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  SweepRecord stored() const { return read_sweep_file(options_.output / "sweep.h5"); }
  SweepStatus status() const { return read_status(status_path(options_.output)); }
  std::size_t n_files(const char* kind, const char* extension) const {
    std::error_code none;
    std::size_t n = 0;
    for (auto entry = fs::recursive_directory_iterator(options_.output / kind, none);
         !none && entry != fs::recursive_directory_iterator(); entry.increment(none))
      n += entry->path().extension() == extension;
    return n;
  }

  const TemporaryFolder folder_;
  RunOptions options_;
};

TEST_F(RunCommand, TrainsAllAndSaysWhereAndByWhat) {
  ASSERT_EQ(run(), 0);
  const auto trials = stored().trials;
  ASSERT_EQ(trials.size(), 4u);
  for (const TrialResult& trial : trials) {
    EXPECT_EQ(trial.status, Status::done);
    EXPECT_EQ(trial.host, host_name());
    EXPECT_EQ(trial.program_version, program_version());
    EXPECT_EQ(trial.rank, 0);
    EXPECT_EQ(trial.threads, 1);
    EXPECT_GT(trial.predicted_time_s, 0);
    EXPECT_GT(trial.test_accuracy, 0.2);
  }
  EXPECT_EQ(status().state, "complete");
  EXPECT_EQ(status().exit_code, 0);
  EXPECT_EQ(n_files("trials", ".h5"), 4u);
  EXPECT_EQ(n_files("checkpoints", ".ckpt"), 0u);
}

TEST_F(RunCommand, GivesTheNumbersOfATrainingToTheTrialsReadFromIt) {
  ASSERT_EQ(run(), 0);
  const auto trials = stored().trials;
  for (std::size_t i = 0; i < 4; ++i)
    for (std::size_t j = 0; j < i; ++j) {
      const bool of_one_training = trials[i].trial.seed == trials[j].trial.seed;
      EXPECT_EQ(trials[i].validation_fvu == trials[j].validation_fvu, of_one_training);
      EXPECT_NE(trials[i].id, trials[j].id);
    }
}

TEST_F(RunCommand, OnceMoreTrainsNothing) {
  ASSERT_EQ(run(), 0);
  const auto before = stored().trials;
  ASSERT_EQ(run(), 0);
  const auto after = stored().trials;
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(after[i].started_unix_s, before[i].started_unix_s);
}

TEST_F(RunCommand, OfALargerGridTrainsWhatIsNew) {
  ASSERT_EQ(run(), 0);
  const auto before = stored().trials;
  options_.overrides = {"train.seed=0..2"};
  ASSERT_EQ(run(), 0);
  const auto after = stored().trials;
  ASSERT_EQ(after.size(), 6u);
  std::size_t n_kept = 0;
  for (const TrialResult& trial : after)
    for (const TrialResult& earlier : before)
      n_kept += trial.id == earlier.id && trial.started_unix_s == earlier.started_unix_s;
  EXPECT_EQ(n_kept, 4u);
}

TEST_F(RunCommand, WeightsThatAreAskedForLaterAreTrainedAgainAndKept) {
  ASSERT_EQ(run(), 0);
  const auto before = stored().trials;
  options_.overrides = {"results.save=weights"};
  for (int again = 0; again < 2; ++again) {
    ASSERT_EQ(run(), 0);
    const auto after = stored().trials;
    for (std::size_t i = 0; i < 4; ++i) {
      EXPECT_GT(after[i].started_unix_s, before[i].started_unix_s);
      EXPECT_EQ(after[i].validation_fvu, before[i].validation_fvu);
      EXPECT_NE(after[i].weights_sha256, "");
    }
  }
}

TEST_F(RunCommand, WhatFailedEndsItWithItsOwnCodeAndIsTriedAgainWhenAsked) {
  options_.overrides = {"train.learning_rate=1e30", "train.optimizer=sgd"};
  ASSERT_EQ(run(), 2);
  const auto before = stored().trials;
  for (const TrialResult& trial : before) EXPECT_EQ(trial.status, Status::failed) << trial.reason;
  ASSERT_EQ(run(), 2);
  EXPECT_EQ(stored().trials[0].started_unix_s, before[0].started_unix_s);
  options_.retry_failed = true;
  ASSERT_EQ(run(), 2);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_GT(stored().trials[i].started_unix_s, before[i].started_unix_s);
}

TEST_F(RunCommand, StopsAfterTheMostFailuresThatAreAllowed) {
  options_.overrides = {"train.learning_rate=1e30", "train.optimizer=sgd"};
  options_.max_failures = 0;
  ASSERT_EQ(run(), 2);
  EXPECT_EQ(status().n_failed, 2);  // one training
  EXPECT_EQ(status().n_left(), 2);
}

TEST_F(RunCommand, ATimeLimitStopsWhatWouldTakeLonger) {
  options_.overrides = {"train.epochs=1000000"};
  options_.time_limit_s = 3;
  ASSERT_EQ(run(), 75);
  EXPECT_EQ(status().state, "stopped");
  EXPECT_EQ(status().exit_code, 75);
  EXPECT_EQ(status().n_left(), 4);
}

TEST_F(RunCommand, OfAShardTrainsItsPart) {
  options_.shard = {1, 2};
  ASSERT_EQ(run(), 0);
  EXPECT_EQ(n_files("trials", ".h5"), 2u);
  options_.shard = {2, 2};
  ASSERT_EQ(run(), 0);
  EXPECT_EQ(n_files("trials", ".h5"), 4u);
  for (const TrialResult& trial : stored().trials) EXPECT_EQ(trial.status, Status::done);
}

TEST_F(RunCommand, RefusesAWrongSweepBeforeItMakesAFolder) {
  options_.overrides = {"model.k=17"};
  EXPECT_EQ(run(), 1);
  EXPECT_FALSE(fs::exists(options_.output));
}

}  // namespace
}  // namespace ksweep
