#include "schedule/launch.h"

#include <gmock/gmock.h>

#include <cstdlib>

namespace ksweep {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;

TEST(LaunchWords, let_ranks_outlive_others_where_open_mpi_can) {
  EXPECT_THAT(launch_words({.keeps_survivors = true, .is_open_mpi = true}, 4, {}, {"ksweep"}),
              Contains("--enable-recovery"));
  EXPECT_THAT(launch_words({.keeps_survivors = false, .is_open_mpi = true}, 4, {}, {"ksweep"}),
              Not(Contains("--enable-recovery")));
}

TEST(LaunchWords, take_a_given_placement_as_it_is) {
  const auto words =
      launch_words({.keeps_survivors = false, .is_open_mpi = true}, 2, {"--map-by", "slot:PE=4"}, {"ksweep", "run"});
  EXPECT_THAT(words, Contains("slot:PE=4"));
  EXPECT_THAT(words, Not(Contains("--bind-to")));
  EXPECT_THAT(words, Not(Contains("--oversubscribe")));
}

TEST(LaunchWords, use_nothing_that_only_open_mpi_knows_with_another_mpi) {
  EXPECT_THAT(launch_words({}, 2, {}, {"ksweep", "run"}), ElementsAre("mpirun", "-n", "2", "ksweep", "run"));
}

}  // namespace
}  // namespace ksweep
