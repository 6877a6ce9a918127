#include "run/restarts.h"

#include <gmock/gmock.h>

#include <limits>

#include "base/errors.h"
#include "temporary_folder.h"

namespace ksweep {
namespace {

namespace fs = std::filesystem;

int code(ExitCode exit) { return static_cast<int>(exit); }

SweepStatus status(double exit_code = std::numeric_limits<double>::quiet_NaN(), double ranks_lost = 0) {
  SweepStatus status;
  status.exit_code = exit_code;
  status.ranks_lost = ranks_lost;
  return status;
}

TEST(Verdict, IsWhatRank0SaidOfItsEnd) {
  for (const ExitCode exit : {ExitCode::done, ExitCode::failed_trials, ExitCode::usage, ExitCode::stopped})
    EXPECT_EQ(verdict({.refusal = {}, .status = status(code(exit))}), code(exit));
}

TEST(Verdict, OfAStopThatNobodyAskedForIsNone) {
  const double stopped = code(ExitCode::stopped);
  EXPECT_EQ(verdict({.refusal = {}, .status = status(stopped, 1)}), std::nullopt);
  EXPECT_EQ(verdict({.refusal = {}, .status = status(stopped), .given_up = true}), std::nullopt);
  EXPECT_EQ(verdict({.refusal = {}, .status = status(stopped, 1), .stop_requested = true}),
            code(ExitCode::stopped));
  EXPECT_EQ(verdict({.refusal = {}, .status = status(stopped), .given_up = true, .stop_requested = true}),
            code(ExitCode::stopped));
  EXPECT_EQ(verdict({.refusal = {}, .status = status(code(ExitCode::done), 1)}), code(ExitCode::done));
}

TEST(Verdict, OfRanksThatDiedIsNoneUnlessAStopWasAskedFor) {
  EXPECT_EQ(verdict({.refusal = {}, .status = status()}), std::nullopt);
  EXPECT_EQ(verdict({}), std::nullopt);
  EXPECT_EQ(verdict({.refusal = {}, .status = status(), .stop_requested = true}), code(ExitCode::stopped));
  EXPECT_EQ(verdict({.refusal = code(ExitCode::usage), .stop_requested = true}), code(ExitCode::stopped));
}

TEST(Verdict, OfAnErrorThatWouldRecurIsItsCode) {
  for (const ExitCode exit : {ExitCode::usage, ExitCode::our_mistake}) {
    EXPECT_EQ(verdict({.refusal = code(exit)}), code(exit));
    EXPECT_EQ(verdict({.refusal = code(exit), .status = status()}), code(exit));
  }
  // The machine may be fit again for the next start, once the sweep had begun.
  EXPECT_EQ(verdict({.refusal = code(ExitCode::environment)}), code(ExitCode::environment));
  EXPECT_EQ(verdict({.refusal = code(ExitCode::environment), .status = status()}), std::nullopt);
}

TEST(AdvanceIn, ChangesWithFinishedTrialsAndSavedOnesAndNothingElse) {
  const TemporaryFolder folder;
  const auto now = [&] { return advance_in(folder.path()); };
  const Advance before = now();
  EXPECT_EQ(before.n_trials, 0u);
  folder.write("trials/3a/half.h5.tmp", "x");
  folder.write("status.json", "x");
  EXPECT_EQ(now(), before);
  folder.write("trials/3a/one.h5", "x");
  const Advance one_done = now();
  EXPECT_EQ(one_done.n_trials, 1u);
  const auto checkpoint = folder.write("checkpoints/one.h5", "x");
  const Advance saved = now();
  EXPECT_NE(saved, one_done);
  fs::last_write_time(checkpoint, fs::last_write_time(checkpoint) + std::chrono::seconds(1));
  EXPECT_NE(now(), saved);
}

using Then = Restarts::Then;

TEST(Restarts, ASweepThatNeverBeginsIsGivenUpAtItsSecondCrash) {
  Restarts restarts;
  EXPECT_EQ(restarts.after_crash(1, false, false), Then::again);
  EXPECT_EQ(restarts.after_crash(1, false, false), Then::never_begins);
}

TEST(Restarts, ASignalMayHaveComeEarlyTwice) {
  Restarts restarts;
  for (int i = 0; i < 2; ++i) EXPECT_EQ(restarts.after_crash(137, false, false), Then::again);
  EXPECT_EQ(restarts.after_crash(137, false, false), Then::never_begins);
}

TEST(Restarts, OneThatHasBegunIsGivenUpAfterSevenCrashesInARowWithoutProgress) {
  Restarts restarts;
  for (int round = 0; round < 3; ++round) {
    for (int i = 1; i < Restarts::most_fruitless; ++i) {
      EXPECT_EQ(restarts.after_crash(1, true, false), Then::again);
      EXPECT_EQ(restarts.n_fruitless(), i);
    }
    EXPECT_EQ(restarts.after_crash(1, true, true), Then::again);
    EXPECT_EQ(restarts.n_fruitless(), 0);
  }
  for (int i = 1; i < Restarts::most_fruitless; ++i) restarts.after_crash(1, true, false);
  EXPECT_EQ(restarts.after_crash(1, true, false), Then::gets_nowhere);
}

}  // namespace
}  // namespace ksweep
