#include "run/provenance.h"

#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "base/build_info.h"
#include "base/host.h"
#include "core/trial_keys.h"
#include "data/files.h"
#include "environment_variable.h"
#include "program_output.h"
#include "run/child.h"
#include "run/launch.h"
#include "run/text.h"
#include "schedule/mpi.h"
#include "store/sweep_file.h"
#include "temporary_folder.h"

namespace ksweep {
namespace {

using testing::Eq;
using testing::ExitedWithCode;

/// The command that started this program.
std::string own_command() { return shell_command(testing::internal::GetInjectableArgvs()); }

/// Prints the command of two ranks, of a process whose parent was started with the same words.
[[noreturn]] void print_command() {
  std::fputs(command_text(2).c_str(), stderr);
  std::_Exit(0);
}

/// Neither a supervisor nor a launcher, until the end of its scope.
struct NoLauncher {
  const EnvironmentVariable not_supervised{command_variable, nullptr};
  const EnvironmentVariable no_mpirun{"OMPI_COMM_WORLD_SIZE", nullptr}, no_pmi{"PMI_SIZE", nullptr};
  const EnvironmentVariable no_step{"SLURM_STEP_ID", nullptr};
};

TEST(CommandText, IsWhatTheSupervisorSays) {
  const EnvironmentVariable said(command_variable, "ksweep run x.cfg --ranks 2"), mpirun("PMI_SIZE", "2");
  EXPECT_EQ(command_text(2), "ksweep run x.cfg --ranks 2");
}

TEST(CommandText, WithoutALauncherIsTheProgramsOwn) {
  const NoLauncher none;
  EXPECT_EXIT(print_command(), ExitedWithCode(0), Eq(own_command()));
}

TEST(CommandText, NamesTheLauncher) {
  const NoLauncher none;
  {
    const EnvironmentVariable mpirun("OMPI_COMM_WORLD_SIZE", "2");
    EXPECT_EXIT(print_command(), ExitedWithCode(0), Eq("mpirun -n 2 " + own_command()));
  }
  const EnvironmentVariable srun("SLURM_STEP_ID", "0");
  EXPECT_EXIT(print_command(), ExitedWithCode(0), Eq("srun --mpi=pmix -n 2 " + own_command()));
}

/// Starts the test below under a shell that stands for a launcher.  Returns the command that it then prints.
std::string command_under(const std::string& variable, const std::string& script) {
  const NoLauncher none;
  const std::string program = std::filesystem::read_symlink("/proc/self/exe");
  ProgramOutput output, errors;
  Child child({"sh", "-c", script, "launcher", program,
               "--gtest_filter=CommandText.IsOfTheLauncherIfThatWasStartedWithTheSameWords"},
              {{variable, "2"}, {"KSWEEP_TEST_PRINTS", "1"}}, output.file(), errors.file());
  return errors.rest();
}

TEST(CommandText, IsOfTheLauncherIfThatWasStartedWithTheSameWords) {
  if (std::getenv("KSWEEP_TEST_PRINTS")) print_command();
  const std::string words = std::string(std::filesystem::read_symlink("/proc/self/exe")) +
                            " --gtest_filter=CommandText.IsOfTheLauncherIfThatWasStartedWithTheSameWords";
  EXPECT_EQ(command_under("PMI_SIZE", "\"$@\"; exit"), "sh -c '\"$@\"; exit' launcher " + words);
  EXPECT_EQ(command_under("PMI_SIZE", "\"$@\" ''; exit"), "mpirun -n 2 " + words + " ''");
  EXPECT_EQ(command_under("SLURM_STEP_ID", "\"$@\"; exit"), "srun --mpi=pmix -n 2 " + words);
}

using Facts = std::map<std::string, std::string>;

/// Two sets of samples of four numbers with two classes each, which are not numbered from 0 in the first.
class ProvenanceTest : public testing::Test {
 protected:
  ProvenanceTest() {
    write("one", bytes_of({3, 5}), 6);
    write("two", bytes_of({0, 1}), 255);
    sweep_.folder = folder_.path();
    sweep_.file = folder_.path() / "x.cfg";
    sweep_.title = "Accuracy versus k";
    sweep_.text = "[model]\nk = 10\n";
    sweep_.overrides = {"model.k=25", "train.seed=1"};
    sweep_.report_metric = "fvu";
    sweep_.report_names = "model.k: sparsity";
    for (const char* set : {"one", "two"}) {
      Trial& trial = sweep_.trials.emplace_back(default_trial());
      trial.data_set = set;
      trial.n_train = trial.n_validation = 1;
    }
  }
  void write(const std::string& set, const std::string& labels, int largest) const {
    for (const std::string part : {"train", "t10k"}) {
      folder_.write(set + "/" + part + "-images-idx2-ubyte",
                    idx(8, {2, 4}, bytes_of({0, 1, 2, 3, 0, 2, 4, largest})));
      folder_.write(set + "/" + part + "-labels-idx1-ubyte", idx(8, {2}, labels));
    }
  }
  /// In a process of its own, as MPI can be begun once in each.
  Facts facts(const char* job = nullptr, const char* restarts = nullptr) const {
    ProgramOutput output;
    const pid_t process = ::fork();
    if (process == 0) write_facts(output.file(), job, restarts);
    const std::string text = output.rest();
    ::waitpid(process, nullptr, 0);
    std::vector<std::string> parts;
    std::istringstream stream(text);
    for (std::string part; std::getline(stream, part, '\0');) parts.push_back(part);
    Facts facts;
    for (std::size_t i = 1; i < parts.size(); i += 2) facts[parts[i - 1]] = parts[i];
    return facts;
  }

  const TemporaryFolder folder_;
  Sweep sweep_;

 private:
  [[noreturn]] void write_facts(int file, const char* job, const char* restarts) const {
    int no_words = 0;
    char** words = nullptr;
    std::optional<MpiSession> session(std::in_place, no_words, words);
    const RunData data(MPI_COMM_SELF, sweep_, {});
    const EnvironmentVariable command(command_variable, "ksweep run x.cfg");
    const EnvironmentVariable of_job("SLURM_JOB_ID", job), of_restarts("SLURM_RESTART_COUNT", restarts);
    std::string text;
    const RunFacts how{.isa = "avx2", .n_ranks = 2, .n_threads = 3, .hosts = "a,b"};
    for (const auto& [name, value] : provenance(sweep_, data, how)) text += name + '\0' + value + '\0';
    (void)!::write(file, text.data(), text.size());
    session.reset();
    std::_Exit(0);
  }
};

TEST_F(ProvenanceTest, HoldsTheSweepAndItsCommand) {
  Facts found = facts();
  EXPECT_EQ(found.size(), 26u);
  EXPECT_EQ(found["title"], "Accuracy versus k");
  EXPECT_EQ(found["command"], "ksweep run x.cfg");
  EXPECT_EQ(found["sweep_file"], (folder_.path() / "x.cfg").string());
  EXPECT_EQ(found["sweep_text"], "[model]\nk = 10\n");
  EXPECT_EQ(found["overrides"], "model.k=25\ntrain.seed=1");
  EXPECT_EQ(found["report_metric"], "fvu");
  EXPECT_EQ(found["report_names"], "model.k: sparsity");
}

TEST_F(ProvenanceTest, NamesEachSetWithItsHash) {
  Facts found = facts();
  const std::string folder = folder_.path().string();
  EXPECT_THAT(found["data_hash"], testing::MatchesRegex("one [0-9a-f]{64}\ntwo [0-9a-f]{64}"));
  EXPECT_EQ(found["data_source"], "one: " + folder + "/one\ntwo: " + folder + "/two");
  EXPECT_EQ(found["data_scale"], "one 6\ntwo 255");
  EXPECT_EQ(found["class_labels"], "one\t3\t5\ntwo\t0\t1");
  EXPECT_THAT(found["data_notes"], testing::MatchesRegex("one: too few training samples [^\n]*\n"
                                                         "two: too few training samples [^\n]*"));
}

TEST_F(ProvenanceTest, OfSamplesWithoutLabelsNamesNoClasses) {
  for (const char* part : {"train", "t10k"})
    std::filesystem::remove(folder_.path() / "one" / (std::string(part) + "-labels-idx1-ubyte"));
  EXPECT_EQ(facts()["class_labels"], "two\t0\t1");
}

TEST_F(ProvenanceTest, NamesTheProgramAndTheMachine) {
  const std::string before = iso_time(unix_time_s());
  Facts found = facts();
  EXPECT_EQ(found["generator"], "ksweep");
  EXPECT_EQ(found["version"], build_info().version);
  EXPECT_EQ(found["commit"], build_info().commit);
  EXPECT_EQ(found["compiler"], build_info().compiler);
  EXPECT_EQ(found["compiler_flags"], build_info().flags);
  EXPECT_EQ(found["cpu"], cpu_model());
  EXPECT_EQ(found["instruction_set"], "avx2");
  EXPECT_EQ(found["ranks"], "2");
  EXPECT_EQ(found["threads"], "3");
  EXPECT_EQ(found["hosts"], "a,b");
  EXPECT_THAT(found["mpi_library"], testing::Not(testing::IsEmpty()));
  EXPECT_EQ(found["hdf5_library"], hdf5_version());
  EXPECT_GE(found["created"], before);
  EXPECT_LE(found["created"], iso_time(unix_time_s()));
}

TEST_F(ProvenanceTest, NamesTheSlurmJobAndItsRestart) {
  EXPECT_EQ(facts()["slurm_job"], "");
  EXPECT_EQ(facts("77")["slurm_job"], "77");
  EXPECT_EQ(facts("77", "2")["slurm_job"], "77, restart 2");
}

}  // namespace
}  // namespace ksweep
