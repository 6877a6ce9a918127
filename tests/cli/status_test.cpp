#include "cli/status.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <cmath>
#include <fstream>

#include "base/atomic_file.h"
#include "base/host.h"
#include "base/process.h"
#include "refusal.h"
#include "temporary_folder.h"

namespace ksweep {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
namespace fs = std::filesystem;

SweepStatus halfway() {
  SweepStatus status;
  status.title = "Accuracy \"versus\" k";
  status.host = "node7";
  status.pid = 1234;
  status.n_trials = 60;
  status.n_done = 12;
  status.n_failed = 1;
  status.n_running = 2;
  status.best_accuracy = 0.9831;
  status.best_trial = "k=25 seed=3";
  status.started_unix_s = 951782400;
  status.updated_unix_s = 951782500;
  status.trials_per_s = 0.05;
  status.left_s = 840;
  return status;
}

TEST(StatusText, OfARunningSweepTellsHowFarItIs) {
  EXPECT_EQ(status_text(halfway(), 951782503, Life::alive),
            "Accuracy \"versus\" k\n"
            "state      running on node7, process 1234\n"
            "trials     12 of 60 trials done, 2 running, 1 failed, 47 left\n"
            "rate       180 trials an hour\n"
            "time left  about 14 min 0 s\n"
            "best       98.31 % on the validation part: k=25 seed=3\n"
            "started    2000-02-29T00:00:00Z\n"
            "updated    2000-02-29T00:01:40Z, 3.0 s ago\n");
}

TEST(StatusText, P6NeverSaysRunningOfTheDead) {
  const std::string text = status_text(halfway(), 951782800, Life::dead);
  EXPECT_THAT(text, HasSubstr("dead: node7, process 1234 no longer runs\n"));
  EXPECT_THAT(text, HasSubstr("It was killed. Run the same command again"));
  EXPECT_THAT(text, Not(HasSubstr("running")));
  EXPECT_THAT(text, Not(HasSubstr("time left")));
}

TEST(StatusText, P6NeverSaysRunningOfOneThatGivesNoSignOfLife) {
  const std::string text = status_text(halfway(), 951782800, Life::silent);
  EXPECT_THAT(text, HasSubstr("no sign of life of node7, process 1234\n"));
  EXPECT_THAT(text, HasSubstr("It may have been killed"));
  EXPECT_THAT(text, Not(HasSubstr("running")));
}

TEST(LifeOf, AStatusThatChangesIsAliveWhateverItsClockSays) {
  SweepStatus later = halfway();
  later.updated_unix_s -= 1e6;
  EXPECT_EQ(life_of(halfway(), [&] { return later; }), Life::alive);
}

TEST(LifeOf, AProcessOfThisHostThatRunsIsAlive) {
  SweepStatus status = halfway();
  status.host = host_name();
  status.pid = ::getpid();
  status.pid_start = static_cast<double>(process_start(::getpid()));
  EXPECT_EQ(life_of(status, []() -> SweepStatus { throw std::logic_error("not needed"); }), Life::alive);
}

TEST(LifeOf, AnotherProcessThatGotTheNumberOfADeadOneIsNotTakenForIt) {
  SweepStatus status = halfway();
  status.host = host_name();
  status.pid = ::getpid();
  status.pid_start = 1;
  EXPECT_EQ(life_of(
                status, [&] { return status; }, std::chrono::milliseconds(300)),
            Life::dead);
}

TEST(StatusText, ACompleteSweepMayBeOld) {
  SweepStatus status = halfway();
  status.state = "complete";
  for (const Life life : {Life::alive, Life::silent})
    EXPECT_THAT(status_text(status, 1e9, life),
                AllOf(Not(HasSubstr("sign of life")), Not(HasSubstr("may have been killed"))));
}

TEST(StatusText, AStoppedSweepIsToldHowToGoOn) {
  SweepStatus status = halfway();
  status.state = "stopped";
  EXPECT_THAT(status_text(status, 951782503, Life::alive),
              HasSubstr("Stopped in good order with work left: run the same command again."));
  EXPECT_THAT(status_text(status, 951782503, Life::alive),
              HasSubstr("time left  about 14 min 0 s once it runs again on as many ranks\n"));
}

TEST(StatusText, WithoutAFinishedTrialThereIsNoBest) {
  SweepStatus status = halfway();
  status.best_accuracy = NAN;
  EXPECT_THAT(status_text(status, 951782503, Life::alive), Not(HasSubstr("best")));
}

TEST(StatusText, SaysWhatTheBestIsBestByWhereThatIsNotAccuracy) {
  SweepStatus status = halfway();
  status.best_accuracy = NAN;
  status.best_metric = "fvu";
  status.best = 0.0453;
  EXPECT_THAT(status_text(status, 951782503, Life::alive),
              HasSubstr("best       4.53 % of variance unexplained on the validation part: k=25 seed=3\n"));
  status.best_metric = "true_mcc";
  EXPECT_THAT(status_text(status, 951782503, Life::alive),
              HasSubstr("best       0.0453 GT-MCC: k=25 seed=3\n"));
  status.best_metric = "of a later version";
  EXPECT_THAT(status_text(status, 951782503, Life::alive), Not(HasSubstr("best")));
}

class StatusFile : public ::testing::Test {
 protected:
  const TemporaryFolder temporary_;
  const fs::path& folder_ = temporary_.path();
};

TEST_F(StatusFile, ReadsBackWhatWasWritten) {
  SweepStatus written = halfway();
  written.left_s = NAN;
  written.best = 0.25;
  written.best_metric = "fvu";
  written.title = "k \"and\" \\ seed, Größe\n";
  write_status(status_path(folder_), written);
  const SweepStatus read = read_status(status_path(folder_));
  EXPECT_EQ(read.title, written.title);
  EXPECT_EQ(read.best_trial, "k=25 seed=3");
  EXPECT_EQ(read.n_done, 12);
  EXPECT_EQ(read.best_accuracy, 0.9831);
  EXPECT_EQ(read.best, 0.25);
  EXPECT_EQ(read.best_metric, "fvu");
  EXPECT_EQ(read.updated_unix_s, 951782500);
  EXPECT_TRUE(std::isnan(read.left_s));
}

TEST_F(StatusFile, IsUtf8) {
  SweepStatus written = halfway();
  written.title = "caf\xE9";
  write_status(status_path(folder_), written);
  EXPECT_EQ(read_status(status_path(folder_)).title, "caf\\xe9");
}

TEST_F(StatusFile, HoldsNumbersAsNumbersAndUnknownOnesAsNull) {
  SweepStatus status = halfway();
  status.left_s = NAN;
  write_status(status_path(folder_), status);
  const std::string json = read_file(folder_ / "status.json");
  EXPECT_THAT(json, HasSubstr("\"n_done\": 12,"));
  EXPECT_THAT(json, HasSubstr("\"left_s\": null,"));
  EXPECT_THAT(json, HasSubstr("\"state\": \"running\","));
}

TEST_F(StatusFile, OfAnEarlierVersionIsRead) {
  write_status(status_path(folder_), halfway());
  std::string json = read_file(folder_ / "status.json");
  for (const char* added : {"shard", "attempt", "ranks_lost", "exit_code"}) {
    const auto begin = json.find(std::string("  \"") + added);
    json.erase(begin, json.find('\n', begin) + 1 - begin);
  }
  std::ofstream(folder_ / "status.json") << json;
  const SweepStatus read = read_status(status_path(folder_));
  EXPECT_EQ(read.shard, "");
  EXPECT_EQ(read.n_done, 12);
}

TEST_F(StatusFile, OfWhichThereIsNoneIsRefused) {
  EXPECT_EQ(refusal([&] { status_paths(folder_); }),
            (folder_ / "status.json").string() +
                ": is not there: no sweep has been run into this folder. Give the folder that `ksweep run` "
                "was given as --output, results/NAME by default.");
}

TEST_F(StatusFile, ThatIsCutShortOrLacksAFieldIsRefused) {
  std::ofstream(folder_ / "status.json") << "{ \"title\": \"x\"";
  EXPECT_THAT(refusal([&] { read_status(status_path(folder_)); }), HasSubstr("is no status of a sweep"));
  std::ofstream(folder_ / "status.json") << "{ \"title\": \"x\" }";
  EXPECT_THAT(refusal([&] { read_status(status_path(folder_)); }), HasSubstr("is no status of a sweep"));
}

TEST_F(StatusFile, OfManyBracketsIsRefusedBeforeItFillsTheStack) {
  std::ofstream(folder_ / "status.json") << std::string(60'000, '[');
  EXPECT_THAT(refusal([&] { read_status(status_path(folder_)); }),
              HasSubstr("is no status of a sweep (too deep"));
  std::ofstream(folder_ / "status.json") << std::string(300'000, '[');
  EXPECT_THAT(refusal([&] { read_status(status_path(folder_)); }), HasSubstr("has more than 65536 bytes"));
}

TEST_F(StatusFile, WithANumberThatIsNoCountIsRefused) {
  write_status(status_path(folder_), SweepStatus{});
  std::ifstream file(folder_ / "status.json");
  std::string json{std::istreambuf_iterator<char>(file), {}};
  json.replace(json.find("\"pid\": 0"), 8, "\"pid\": 1e300");
  std::ofstream(folder_ / "status.json") << json;
  EXPECT_THAT(refusal([&] { read_status(status_path(folder_)); }), HasSubstr("an impossible number"));
}

TEST(StatusText, OfARaceCountsWhatItMayStillAskFor) {
  SweepStatus status = halfway();
  status.race = "7 of 12 settings left the race after 5 seeds";
  status.n_not_needed = 10;
  const std::string text = status_text(status, 951782503, Life::alive);
  EXPECT_THAT(text, HasSubstr("trials     12 of at most 50 trials done, 2 running, 1 failed, 37 left\n"
                              "race       7 of 12 settings left the race after 5 seeds\n"));
  EXPECT_THAT(text, HasSubstr("time left  about 14 min 0 s of this round\n"));
  status.state = "complete";
  status.n_running = 0;
  status.n_not_needed = 47;
  EXPECT_THAT(status_text(status, 951782503, Life::alive),
              HasSubstr("trials     12 of 13 trials done, 1 failed, 0 left\n"));
}

TEST(StatusText, AFaultIsToldWithWhatToDo) {
  SweepStatus status = halfway();
  status.state = "fault";
  EXPECT_THAT(status_text(status, 951782503, Life::alive), HasSubstr("A fault ended it"));
}

}  // namespace
}  // namespace ksweep
