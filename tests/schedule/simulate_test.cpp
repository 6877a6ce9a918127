#include "schedule/simulate.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <vector>

#include "base/random.h"

namespace ksweep {
namespace {

/// Lengths between 1 s and `spread` s, equally likely on a logarithmic scale.
std::vector<double> spread_lengths(std::size_t count, double spread) {
  RandomStream random(1, Purpose::split);
  std::vector<double> lengths(count);
  for (double& length : lengths) length = std::pow(spread, random.uniform());
  return lengths;
}

/// Pareto distribution with exponent 1.5: finite mean, infinite variance.
std::vector<double> heavy_tailed_lengths(std::size_t count) {
  RandomStream random(2, Purpose::split);
  std::vector<double> lengths(count);
  for (double& length : lengths) length = std::pow(1 - random.uniform(), -1 / 1.5);
  return lengths;
}

/// Predictions that are wrong by up to `factor` either way.
std::vector<double> mispredicted(std::vector<double> lengths, double factor) {
  RandomStream random(3, Purpose::split);
  for (double& length : lengths) length *= std::pow(factor, random.uniform(-1, 1));
  return lengths;
}

constexpr double mini_batch_s = 2e-3;

SimulatedRun run(const char* what, int n_ranks, const std::vector<double>& predicted,
                 const std::vector<double>& lengths) {
  const auto result = simulate({n_ranks, mini_batch_s, 2e-6}, predicted, lengths);
  std::printf("%-34s %7zu jobs %6d ranks: efficiency %.4f, %.2f us of CPU time a job\n", what, lengths.size(),
              n_ranks, result.efficiency(), 1e6 * result.cpu_s_per_job);
  EXPECT_EQ(result.n_run, lengths.size());
  return result;
}

TEST(Simulation, FindsTheWallTimeOfACaseDoneByHand) {
  // Two ranks, no delays: 4 | 3, then 2 to the rank free at 3 and 1 to the one free at 4, both done at 5.
  const std::vector<double> lengths = {1, 2, 3, 4};
  const auto result = simulate({2, 0, 0}, lengths, lengths);
  EXPECT_DOUBLE_EQ(result.wall_s, 5);
  EXPECT_DOUBLE_EQ(result.bound_s, 5);
}

TEST(Simulation, ChargesTheRoundTripWhenNothingWasGivenAhead) {
  // One rank: the first order arrives at 1, the report of its end at 1 + 10 + 1, the second order at 13.
  const std::vector<double> lengths = {10, 10};
  EXPECT_DOUBLE_EQ(simulate({1, 1, 0}, lengths, lengths).wall_s, 23);
}

TEST(Simulation, HidesTheRoundTripOfAllButTheLastJobs) {
  // 1000 jobs as long as the way there and back: 100 % overhead if it were not hidden.
  const std::vector<double> lengths(1000, 2.0);
  EXPECT_GT(simulate({4, 1, 0}, lengths, lengths).efficiency(), 0.96);
}

TEST(Simulation, EqualJobsKeepRanksBusy) {
  const std::vector<double> lengths(64 * 20, 1.0);
  EXPECT_GT(run("equal", 64, lengths, lengths).efficiency(), 0.99);
}

TEST(Simulation, TenfoldSpreadKeepsRanksBusy) {
  const auto lengths = spread_lengths(64 * 20, 10);
  EXPECT_GT(run("10x spread", 64, lengths, lengths).efficiency(), 0.99);
}

TEST(Simulation, HeavyTailEndsWithItsLongestJob) {
  const auto lengths = heavy_tailed_lengths(2000);
  EXPECT_GT(run("heavy tail", 64, lengths, lengths).efficiency(), 0.99);
}

TEST(Simulation, OneJobAsLongAsHalfTheSweepCostsNothing) {
  std::vector<double> lengths(10000, 1.0);
  lengths[5000] = 1200;
  EXPECT_GT(run("one giant", 16, lengths, lengths).efficiency(), 0.99);
}

TEST(Simulation, FewerJobsThanRanksAllStartAtOnce) {
  const auto lengths = spread_lengths(40, 10);
  EXPECT_GT(run("fewer jobs than ranks", 64, lengths, lengths).efficiency(), 0.99);
}

TEST(Simulation, PredictionsWrongByAFactorOfTwoCostLittle) {
  const auto lengths = spread_lengths(64 * 20, 10);
  EXPECT_GT(run("10x spread, predictions 2x off", 64, mispredicted(lengths, 2), lengths).efficiency(), 0.95);
  const auto heavy = heavy_tailed_lengths(2000);
  EXPECT_GT(run("heavy tail, predictions 2x off", 64, mispredicted(heavy, 2), heavy).efficiency(), 0.95);
}

TEST(Simulation, UnknownCostsLoseAtMostAboutOneJob) {
  const auto lengths = spread_lengths(64 * 20, 10);
  EXPECT_GT(run("10x spread, nothing predicted", 64, std::vector<double>(lengths.size(), 0.0), lengths)
                .efficiency(),
            0.85);
}

TEST(Simulation, LendsAsInACaseDoneByHand) {
  // One node, no delays: 1 and 9 side by side; from 1 on the other 8 at 1.5 times the speed.
  const std::vector<double> lengths = {1, 9};
  EXPECT_DOUBLE_EQ(simulate({2, 0, 0, 2, 0.5}, lengths, lengths).wall_s, 1 + 8 / 1.5);
  // Across nodes nothing is lent.
  EXPECT_DOUBLE_EQ(simulate({2, 0, 0, 1, 0.5}, lengths, lengths).wall_s, 9);
  // Three ranks: at 1 the lowest goes to the latest end, 9; at 4 both go there: (9 - 1) - 3 * 1.5 = 3.5 left.
  const std::vector<double> three = {1, 4, 9};
  EXPECT_DOUBLE_EQ(simulate({3, 0, 0, 3, 0.5}, three, three).wall_s, 4 + 3.5 / 2);
}

TEST(Simulation, ALoanOnItsWayWhileTheBorrowerEndsHarmsNothing) {
  const std::vector<double> lengths = {1, 1.5};
  EXPECT_DOUBLE_EQ(simulate({2, 1, 0, 2, 0.5}, lengths, lengths).wall_s, 2.5);
}

TEST(Simulation, LendingShortensTheTailAndNeverLengthensIt) {
  for (const double wrong_by : {1.0, 2.0, 10.0})
    for (const auto& lengths :
         {spread_lengths(64 * 3, 10), heavy_tailed_lengths(64 * 3), spread_lengths(40, 10)}) {
      const auto predicted = mispredicted(lengths, wrong_by);
      const double alone_s = simulate({64, mini_batch_s, 2e-6}, predicted, lengths).wall_s;
      const auto lent = simulate({64, mini_batch_s, 2e-6, 8, 0.8}, predicted, lengths);
      std::printf("predictions %4.1fx off, %3zu jobs on 8 nodes of 8 ranks: wall time x %.3f\n", wrong_by,
                  lengths.size(), lent.wall_s / alone_s);
      EXPECT_LT(lent.wall_s, alone_s);
      EXPECT_EQ(lent.n_run, lengths.size());
    }
}

/// A job costs little more among ten times as many, so the coordinator's work does not grow with their square.
/// Ten runs of the small number take as long as one of the large, so that the machine is as busy with both.
template <class Run>
void expect_to_scale(const SimulatedRun& of_a_million, const Run& run) {
  double cpu_s_per_job = 0;
  for (int i = 0; i < 10; ++i) cpu_s_per_job += run(100'000).cpu_s_per_job / 10;
  EXPECT_LT(of_a_million.cpu_s_per_job, 5 * cpu_s_per_job);
}

TEST(Simulation, LendingOnLargeNodesCostsTheCoordinatorLittle) {
  const auto lend = [](std::size_t n_jobs) {
    const auto lengths = spread_lengths(n_jobs, 10);
    const auto lent = simulate({16384, mini_batch_s, 2e-6, 128, 0.8}, lengths, lengths);
    std::printf("lending, %zu jobs on 128 nodes of 128 ranks: efficiency %.4f, %.2f us of CPU time a job\n",
                n_jobs, lent.efficiency(), 1e6 * lent.cpu_s_per_job);
    return lent;
  };
  expect_to_scale(lend(1'000'000), lend);
}

TEST(Simulation, AMillionJobsKeep16384RanksBusyAndCostTheCoordinatorLittle) {
  const auto hand_out = [](std::size_t n_jobs) {
    const auto lengths = spread_lengths(n_jobs, 10);
    return run("10x spread", 16384, lengths, lengths);
  };
  const auto result = hand_out(1'000'000);
  EXPECT_GT(result.efficiency(), 0.97);
  expect_to_scale(result, hand_out);
}

TEST(Simulation, NothingToDoTakesNoTime) { EXPECT_EQ(simulate({4, 1, 1}, {}, {}).wall_s, 0); }

}  // namespace
}  // namespace ksweep
