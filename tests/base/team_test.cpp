#include "base/team.h"

#include <gtest/gtest.h>

#include <thread>

namespace ksweep {
namespace {

using namespace std::chrono_literals;

TEST(Team, MeanOfOneThatDoesNotGrowIsWhole) {
  const Team team(3);
  const auto begin = team.mark();
  std::this_thread::sleep_for(1ms);
  EXPECT_EQ(team.mean_since(begin), 3);
}

TEST(Team, MeanWeighsTheNumbersOfThreadsByTheirTime) {
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

TEST(Team, MayNotHaveThreadsTakenAway) {
  Team team(3);
  team.grow_to(2);
  EXPECT_EQ(team.n_threads(), 3);
  EXPECT_EQ(team.most(), 3);
}

TEST(Team, UsesAsManyAsItIsToldOfThoseThatItMay) {
  Team team(3);
  team.use(1);
  EXPECT_EQ(team.n_threads(), 1);
  EXPECT_EQ(team.most(), 3);
  team.use(9);
  EXPECT_EQ(team.n_threads(), 3);
}

TEST(Team, MeanCountsTheThreadsThatWereUsed) {
  Team team(2);
  const auto begin = team.mark();
  team.use(1);
  std::this_thread::sleep_for(1ms);
  team.use(2);
  EXPECT_GT(team.mean_since(begin), 1);
  EXPECT_LT(team.mean_since(begin), 2);
}

}  // namespace
}  // namespace ksweep
