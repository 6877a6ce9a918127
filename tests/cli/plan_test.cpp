#include "cli/plan.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "base/process.h"
#include "base/sha256.h"
#include "core/trial_keys.h"
#include "refusal.h"
#include "run/data_facts_reader.h"
#include "store/store.h"
#include "sweep/read_sweep.h"
#include "temporary_folder.h"

namespace ksweep {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
namespace fs = std::filesystem;

TEST(BatchLines, HaveAMarginOfTimeAndMemory) {
  PlanSummary summary;
  summary.demand.rank_bytes = 100e6;
  summary.demand.node_bytes = 220e6;
  EXPECT_EQ(
      batch_lines(summary, {8, 1, 3600}),
      "#SBATCH --ntasks=8\n#SBATCH --cpus-per-task=1\n#SBATCH --mem-per-cpu=400M\n#SBATCH --time=01:35:00\n");
}

class PlanCommand : public ::testing::Test {
 protected:
  PlanCommand() {
    std::ofstream(folder_ / "x.cfg")
        << "title = What is k?\n[data]\ntrain = 200\n[model]\nhidden = 50\nk = 5, 10\nalpha = 1, 3\n"
        << "[train]\nseed = 0..2\n";
    options_.sweep = folder_ / "x.cfg";
    options_.output = folder_ / "results";
  }

  std::string output() const {
    ::testing::internal::CaptureStdout();
    EXPECT_EQ(plan_command(options_), 0);
    std::fflush(stdout);
    return ::testing::internal::GetCapturedStdout();
  }

  const TemporaryFolder temporary_;
  const fs::path& folder_ = temporary_.path();
  PlanOptions options_;
};

TEST_F(PlanCommand, ShowsTrialsAxesDataAndBatchLines) {
  options_.n_ranks = 4;
  EXPECT_THAT(
      output(),
      AllOf(::testing::StartsWith("What is k?\naxes       model.k = 5, 10\n           model.alpha = 1, 3\n"),
            HasSubstr("digits: 784 inputs, 10 classes; 200 training"),
            HasSubstr("trials     12 trials, in 6 trainings\n"),
            HasSubstr(" a rank, and 32 MB of samples once a node\n"),
            HasSubstr("estimates for a machine like"),
            HasSubstr("on 4 ranks of one thread, longest trainings first"), HasSubstr("#SBATCH --ntasks=4\n"),
            HasSubstr("... and 7 more (--list)")));
}

TEST(BatchLines, ThreadsShareTheMemoryOfARank) {
  PlanSummary summary;
  summary.demand.rank_bytes = 400e6;
  EXPECT_THAT(batch_lines(summary, {2, 4, 60}),
              HasSubstr("#SBATCH --ntasks=2\n#SBATCH --cpus-per-task=4\n#SBATCH --mem-per-cpu=200M\n"));
}

TEST_F(PlanCommand, ChoosesRanksAndThreadsForAMachineAndSaysWhy) {
  options_.cores = 12;
  EXPECT_THAT(output(),
              AllOf(HasSubstr("best       6 ranks x 2 threads on 12 cores: "),
                    HasSubstr("; there are only 6 trainings for 12 cores"), HasSubstr("\nnext best  "),
                    HasSubstr("\n" + program_word() + " run "), HasSubstr(" --ranks 6 --threads 2\n"),
                    HasSubstr("#SBATCH --cpus-per-task=2\n")));
}

TEST_F(PlanCommand, SaysHowManyOfTheRanksAskedForWillHaveNothingToDo) {
  options_.n_ranks = 8;
  EXPECT_THAT(
      output(),
      HasSubstr("\nidle       2 of 8 ranks will have nothing to do: there are 6 trainings, for which 6 "
                "ranks are enough\n"));
}

TEST_F(PlanCommand, RefusesAMachineTooSmallForOneRank) {
  options_.cores = 2;
  options_.memory_gb = 0.01;
  ::testing::internal::CaptureStdout();
  const std::string text = refusal([&] { plan_command(options_); });
  ::testing::internal::GetCapturedStdout();
  EXPECT_THAT(text,
              AllOf(HasSubstr("x.cfg: one rank needs "), HasSubstr("more than the 10 MB of this machine")));
}

TEST_F(PlanCommand, ShowsTheRatesOnRequest) {
  options_.rates = true;
  EXPECT_THAT(output(), HasSubstr("training product"));
}

TEST_F(PlanCommand, ListsAllTrialsOnRequest) {
  options_.list = true;
  EXPECT_THAT(output(), AllOf(HasSubstr("k=10 alpha=3 seed=2\n"), Not(HasSubstr("more (--list)"))));
}

TEST_F(PlanCommand, CountsWhatIsStored) {
  const Sweep sweep = read_sweep(options_.sweep, {});
  options_.list = true;
  const std::string before = output();
  const std::string id = before.substr(before.find("trial\n", before.find("predicted")) + 6, 16);
  const Store store(options_.output);
  store.prepare();
  TrialResult result;
  result.trial = sweep.trials.front();
  result.trial.data_hash = DataFactsReader({})(result.trial).content_hash;
  result.id = first_64_bits(id);
  result.status = Status::done;
  result.threads = 1;
  result.wall_time_s = 1000;
  result.probe_time_s = 100;
  store.write(result);
  EXPECT_THAT(output(),
              AllOf(HasSubstr("trials     12 trials: 1 stored in " + options_.output.string() + ", 11 to do"),
                    HasSubstr("(calibrated by 1 trial stored in " + options_.output.string() + ")")));
}

TEST_F(PlanCommand, WritesNothing) {
  output();
  EXPECT_FALSE(fs::exists(options_.output));
}

}  // namespace
}  // namespace ksweep
