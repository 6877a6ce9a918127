#include "run/run_end.h"

#include <gmock/gmock.h>
#include <sys/resource.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/process.h"
#include "environment_variable.h"
#include "lowered_limit.h"
#include "recorded_run.h"
#include "run/launch.h"
#include "run/text.h"

namespace ksweep {
namespace {

constexpr const char* command = "ksweep run x.cfg --ranks 2 --time-limit 1:00";

/// No limit, the time limit of a minute, and that of a Slurm job.
TimeLimit no_limit() {
  return {{}, [](const char*) -> const char* { return nullptr; }, [](const std::string&) { return ""; }};
}
TimeLimit limit_of_a_minute() {
  return {60, [](const char*) -> const char* { return nullptr; }, [](const std::string&) { return ""; }};
}
TimeLimit limit_of_job() {
  const auto lookup = [](const char* name) { return std::string(name) == "SLURM_JOB_ID" ? "7" : nullptr; };
  return {{}, lookup, [](const std::string&) { return "1:00:00"; }};
}

class RunEndTest : public RecordedRun {
 protected:
  /// What is printed at the end, after the lines that say where the results are.
  std::string words(RunEnd end, const Ending& ending) const {
    const EnvironmentVariable of_supervisor(command_variable, command);
    testing::internal::CaptureStdout();
    print_end(*book_, end, ending);
    const std::string text = testing::internal::GetCapturedStdout();
    EXPECT_THAT(text, testing::StartsWith(places()));
    return text.substr(std::min(text.size(), places().size()));
  }
  std::string words(RunEnd end, const TimeLimit& limit = no_limit()) const {
    return words(end, ending(limit));
  }
  std::string words_of_stop(const Ending& ending) const { return words(RunEnd::stopped, ending); }

  std::string places() const {
    return "results: " + (folder_.path() / "sweep.h5").string() +
           "\nreport:  " + shell_command({program_word(), "report", folder_.path().string()}) + "\n";
  }
  Ending ending(const TimeLimit& limit) const {
    return {.store = store_, .limit = limit, .begin = begin_, .n_ranks = 2, .from_pipe = false};
  }
  void save(const std::string& name, std::chrono::seconds after_begin) const {
    std::filesystem::last_write_time(folder_.write(name, "state"), begin_ + after_begin);
  }

  const std::filesystem::file_time_type begin_ =
      std::filesystem::file_time_type::clock::now() + std::chrono::hours(1);
};

TEST_F(RunEndTest, OfACompleteRunSaysWhereTheResultsAre) {
  RunBook& book = begun();
  end(book, 0, Status::done);
  EXPECT_EQ(words(RunEnd::complete), "");
}

TEST_F(RunEndTest, OfARaceSaysHowItEnded) {
  sweep_.race.emplace();
  options_.budget_core_hours = 0;
  begun();
  EXPECT_EQ(
      words(RunEnd::complete),
      "the race ended after 0 seeds: the budget of 0 core-hours is spent, and 4 settings could not be told "
      "apart; the same command with a larger --budget goes on.\n");
}

TEST_F(RunEndTest, OfARaceThatGoesOnSaysNothingOfIt) {
  sweep_.race.emplace();
  begun();
  EXPECT_EQ(words(RunEnd::complete), "");
}

TEST_F(RunEndTest, NamesTheSignalThatStoppedARank) {
  begun();
  const TimeLimit limit = limit_of_a_minute();
  Ending stopped = ending(limit);
  stopped.signal = "SIGTERM from process 4711 (bash)";
  EXPECT_EQ(
      words_of_stop(stopped),
      "stopped by SIGTERM from process 4711 (bash), with work left; nothing finished is lost. To go on:\n"
      "ksweep run x.cfg --ranks 2 --time-limit 1:00\n");
}

TEST_F(RunEndTest, NamesNoCauseThatIsNotKnown) {
  begun();
  const TimeLimit limit = no_limit();
  EXPECT_EQ(words_of_stop(ending(limit)),
            "stopped with work left; nothing finished is lost. To go on:\n"
            "ksweep run x.cfg --ranks 2 --time-limit 1:00\n");
}

TEST_F(RunEndTest, RemindsOfThePipeThatTheSweepFileCameFrom) {
  begun();
  save("checkpoints/ab/abc.ckpt", std::chrono::seconds(1));
  for (const TimeLimit& limit : {no_limit(), limit_of_a_minute()}) {
    Ending stopped = ending(limit);
    stopped.from_pipe = true;
    EXPECT_THAT(words_of_stop(stopped),
                testing::HasSubstr("To go on, with the same sweep file in the pipe again:\n"));
  }
}

TEST_F(RunEndTest, ByALimitAfterSomethingWasSavedCanGoOnWithTheSame) {
  begun();
  save("checkpoints/ab/abc.ckpt", std::chrono::seconds(0));
  EXPECT_EQ(
      words(RunEnd::stopped, limit_of_a_minute()),
      "stopped by the time limit of 1 min 0 s (--time-limit), with work left; nothing finished is lost. "
      "To go on:\nksweep run x.cfg --ranks 2 --time-limit 1:00\n");
}

TEST_F(RunEndTest, ByALimitAfterATrialWasFinishedCanGoOnWithTheSame) {
  begun();
  save("trials/ab/abc.h5", std::chrono::seconds(1));
  EXPECT_THAT(words(RunEnd::stopped, limit_of_job()),
              testing::StartsWith("stopped by the end of the Slurm job 7 (squeue), with work left;"));
}

TEST_F(RunEndTest, LooksAtCheckpointsEvenWhereThereAreNoTrials) {
  begun();
  std::filesystem::remove_all(folder_.path() / "trials");
  save("checkpoints/abc.ckpt", std::chrono::seconds(1));
  EXPECT_THAT(words(RunEnd::stopped, limit_of_a_minute()), testing::HasSubstr("nothing finished is lost"));
}

TEST_F(RunEndTest, ByALimitBeforeAnythingWasSavedWouldBeStoppedByItAgain) {
  begun();
  save("trials/ab/abc.h5", std::chrono::seconds(-1));
  save("checkpoints/ab/abc.ckpt", std::chrono::seconds(-1));
  EXPECT_EQ(
      words(RunEnd::stopped, limit_of_a_minute()),
      "stopped by the time limit of 1 min 0 s (--time-limit) before anything could be finished or saved: "
      "the same limit would stop it again. To go on without it:\nksweep run x.cfg --ranks 2\n");
}

TEST_F(RunEndTest, ByAJobThatIsTooShortAsksForALongerOne) {
  begun();
  std::filesystem::create_directories(folder_.path() / "checkpoints/ab");
  std::filesystem::last_write_time(folder_.path() / "checkpoints/ab", begin_ + std::chrono::seconds(1));
  EXPECT_EQ(words(RunEnd::stopped, limit_of_job()),
            "stopped by the end of the Slurm job 7 (squeue) before anything could be finished or saved: `" +
                shell_command({program_word(), "plan"}) +
                "` shows how much time a job needs. To go on, in a longer one:\n"
                "ksweep run x.cfg --ranks 2 --time-limit 1:00\n");
}

TEST_F(RunEndTest, AfterTooManyFailuresSaysThatTheOthersWereNotBegun) {
  options_.max_failures = 0;
  RunBook& book = begun();
  end(book, 0, Status::failed);
  EXPECT_EQ(
      words(RunEnd::stopped),
      "more trials failed than --max-failures allows, so the others were not begun. To go on with them:\n"
      "ksweep run x.cfg --ranks 2 --time-limit 1:00\n");
}

TEST_F(RunEndTest, TellsOfAFailureThatWouldComeAgain) {
  RunBook& book = begun();
  end(book, 0, Status::failed);
  EXPECT_EQ(words(RunEnd::complete),
            "1 trial failed: the loss is not a number. The report lists the reason of each.\n"
            "Trained again, they would fail again: change what the reason names. Then go on:\n"
            "ksweep run x.cfg --ranks 2 --time-limit 1:00\n");
}

TEST_F(RunEndTest, SaysHowManyFailedAlikeUnlessAllDid) {
  for (const std::uint32_t trial : {0, 1, 2}) write(trial, Status::failed);
  begun();
  EXPECT_THAT(words(RunEnd::complete), testing::StartsWith("3 trials failed: the loss is not a number. "));
  write(3, Status::failed, "the weights are not finite");
  begun();
  EXPECT_THAT(words(RunEnd::complete),
              testing::StartsWith("4 trials failed, 3 of them alike: the loss is not a number. "));
}

TEST_F(RunEndTest, OffersToTryAgainWhatMaySucceed) {
  write(0, Status::failed, "out of memory");
  begun();
  EXPECT_EQ(words(RunEnd::complete),
            "1 trial failed: out of memory. The report lists the reason of each.\nTo try them again:\n"
            "ksweep run x.cfg --ranks 2 --time-limit 1:00 --retry-failed\n");
}

TEST_F(RunEndTest, AsksForARetryOnceInACommand) {
  write(0, Status::failed, "out of memory");
  begun();
  const EnvironmentVariable of_supervisor(command_variable, "ksweep run x.cfg --retry-failed");
  const TimeLimit limit = no_limit();
  testing::internal::CaptureStdout();
  print_end(*book_, RunEnd::complete, ending(limit));
  EXPECT_THAT(testing::internal::GetCapturedStdout(),
              testing::EndsWith("To try them again:\nksweep run x.cfg --retry-failed\n"));
}

TEST_F(RunEndTest, IsLeftToASupervisorWhoseFolderIsSeenFromHere) {
  begun();
  const TemporaryFolder folder;
  const std::string file = folder.path() / "words";
  const TimeLimit limit = no_limit();
  const std::string printed = words(RunEnd::stopped);
  const EnvironmentVariable of_supervisor(command_variable, command),
      named(last_words_variable, file.c_str());
  testing::internal::CaptureStdout();
  print_end(*book_, RunEnd::stopped, ending(limit));
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
  std::ifstream left(file);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(left), {}), places() + printed);
}

TEST_F(RunEndTest, IsPrintedIfTheSupervisorsFolderIsOnAnotherNode) {
  begun();
  const EnvironmentVariable named(last_words_variable, "/nowhere/words");
  EXPECT_THAT(words(RunEnd::stopped), testing::HasSubstr(command));
}

TEST(CauseOfSupervisor, IsTheFirstLineOfTheFileThatItNames) {
  const TemporaryFolder folder;
  const std::string path = folder.write("cause", "SIGINT from process 12 (sh)\nmore\n");
  const EnvironmentVariable named(stopped_by_variable, path.c_str());
  EXPECT_EQ(cause_of_supervisor(), "SIGINT from process 12 (sh)");
}

TEST(CauseOfSupervisor, IsEmptyWithoutASupervisorAndBeforeItIsStopped) {
  const EnvironmentVariable none(stopped_by_variable, nullptr);
  EXPECT_EQ(cause_of_supervisor(), "");
  const TemporaryFolder folder;
  const EnvironmentVariable absent(stopped_by_variable, (folder.path() / "cause").c_str());
  EXPECT_EQ(cause_of_supervisor(), "");
}

TEST(SpentCpuTime, IsToldWithTheLimitAndTheRank) {
  const LoweredLimit limit(RLIMIT_CPU, 7200);
  testing::internal::CaptureStderr();
  print_cpu_time_is_spent(3);
  EXPECT_EQ(
      testing::internal::GetCapturedStderr(),
      "ksweep: rank 3 has used nearly all of the 2 h 0 min of CPU time that a process may have here "
      "(ulimit -t), so the run stops in good order. The same command goes on, with as much again; to get "
      "further at once, raise the limit.\n");
}

}  // namespace
}  // namespace ksweep
