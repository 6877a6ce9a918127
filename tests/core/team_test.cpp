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
  // The mark, the growth and the end lie somewhere between two readings of the clock, however far these are apart.
  const auto before_mark = Team::Clock::now();
  const auto begin = team.mark();
  const auto after_mark = Team::Clock::now();
  std::this_thread::sleep_for(20ms);
  const auto before_growth = Team::Clock::now();
  team.grow_to(4);
  const auto after_growth = Team::Clock::now();
  std::this_thread::sleep_for(20ms);
  const auto before_end = Team::Clock::now();
  const double mean = team.mean_since(begin);
  const auto after_end = Team::Clock::now();
  const auto mean_of = [](auto time_of_two, auto time_of_four) {
    return 2 + 2 * (time_of_four / std::chrono::duration<double>(time_of_two + time_of_four));
  };
  EXPECT_GE(mean, mean_of(after_growth - before_mark, before_end - after_growth));
  EXPECT_LE(mean, mean_of(before_growth - after_mark, after_end - before_growth));
}

TEST(Team, never_shrinks) {
  Team team(3);
  team.grow_to(2);
  EXPECT_EQ(team.n_threads(), 3);
}

}  // namespace
}  // namespace ksweep
