#include "core/team.h"

#include <gtest/gtest.h>

#include <thread>

namespace ksweep {
namespace {

using namespace std::chrono_literals;

TEST(Team, mean_of_one_that_does_not_grow_is_whole) {
  const Team team(3);
  const auto begin = team.mark();
  std::this_thread::sleep_for(1ms);
  EXPECT_EQ(team.mean_since(begin), 3);
}

TEST(Team, mean_weighs_the_numbers_of_threads_by_their_time) {
  Team team(2);
  std::this_thread::sleep_for(5ms);  // before the mark: does not count
  const auto begin = team.mark();
  const auto started = Team::Clock::now();
  std::this_thread::sleep_for(20ms);
  const double before_s = std::chrono::duration<double>(Team::Clock::now() - started).count();
  team.grow_to(4);
  std::this_thread::sleep_for(20ms);
  const double all_s = std::chrono::duration<double>(Team::Clock::now() - started).count();
  EXPECT_NEAR(team.mean_since(begin), 4 - 2 * before_s / all_s, 0.05);
}

TEST(Team, never_shrinks) {
  Team team(3);
  team.grow_to(2);
  EXPECT_EQ(team.n_threads(), 3);
}

}  // namespace
}  // namespace ksweep
