#include "run/launch.h"

#include <gmock/gmock.h>

#include "environment_variable.h"

namespace ksweep {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;
using ::testing::Pair;
using ::testing::StartsWith;

TEST(LaunchWords, LetRanksOutliveOthersWhereOpenMpiCan) {
  EXPECT_THAT(launch_words({.keeps_survivors = true, .is_open_mpi = true}, 4, {}, {"ksweep"}),
              Contains("--enable-recovery"));
  EXPECT_THAT(launch_words({.keeps_survivors = false, .is_open_mpi = true}, 4, {}, {"ksweep"}),
              Not(Contains("--enable-recovery")));
}

TEST(LaunchWords, TakeAGivenPlacementAsItIs) {
  const auto words = launch_words({.keeps_survivors = false, .is_open_mpi = true}, 2,
                                  {"--map-by", "slot:PE=4"}, {"ksweep", "run"});
  EXPECT_THAT(words, Contains("slot:PE=4"));
  EXPECT_THAT(words, Not(Contains("--bind-to")));
  EXPECT_THAT(words, Not(Contains("--oversubscribe")));
}

TEST(LaunchWords, UseNothingThatOnlyOpenMpiKnowsWithAnotherMpi) {
  EXPECT_THAT(launch_words({}, 2, {}, {"ksweep", "run"}), ElementsAre("mpirun", "-n", "2", "ksweep", "run"));
}

TEST(LaunchEnvironment, NamesTheFoldersOfOneNodeSRanksAndNoneOfSeveralNodes) {
  EXPECT_THAT(launch_environment("/tmp/mine", "/dev/shm/mine"),
              Contains(Pair("OMPI_MCA_orte_tmpdir_base", "/tmp/mine")));
  EXPECT_THAT(launch_environment("", ""), Not(Contains(Pair(StartsWith("OMPI_MCA_"), ::testing::_))));
}

TEST(LaunchEnvironment, LeavesWhatTheUserHasSet) {
  const EnvironmentVariable set("OMPI_MCA_orte_tmpdir_base", "/scratch");
  EXPECT_THAT(launch_environment("/tmp/mine", ""),
              Not(Contains(Pair("OMPI_MCA_orte_tmpdir_base", ::testing::_))));
}

}  // namespace
}  // namespace ksweep
