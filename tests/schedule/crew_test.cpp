#include "schedule/crew.h"

#include <gmock/gmock.h>

#include <thread>

#include "base/host.h"

namespace ksweep {
namespace {

using ::testing::ElementsAre;

TEST(Crew, MayUseTheCpusOfAllThatLendEachOnce) {
  const std::vector<NodeRank> node = {{4, 2, {0, 1}}, {5, 2, {1, 2}}, {9, 2, {6, 7}}};
  EXPECT_THAT(cpus_of(node, {4, 5}), ElementsAre(0, 1, 2));
}

TEST(Crew, GetsTheThreadsOfAllThatLend) {
  const std::vector<NodeRank> node = {{4, 2, {0, 1}}, {5, 3, {2, 3, 4}}, {9, 1, {5}}};
  EXPECT_EQ(threads_for(node, {4, 5}), 5);
}

TEST(Crew, GetsItsShareOfCrowdedCpus) {
  std::vector<NodeRank> crowded;  // four ranks of one thread on two CPUs
  for (int rank = 0; rank < 4; ++rank) crowded.push_back({rank, 1, {0, 1}});
  EXPECT_EQ(threads_for(crowded, {0, 1}), 1);
  EXPECT_EQ(threads_for(crowded, {0, 1, 2}), 1);
  EXPECT_EQ(threads_for(crowded, {0, 1, 2, 3}), 2);
}

/// Two ranks that are tied to one CPU each, as seen by the first, which has the lowest allowed CPU.
ThreadPlan tied_pair(const std::vector<int>& cpus) {
  ThreadPlan plan;
  plan.node_ranks = {{0, 1, {cpus[0]}}, {1, 1, {cpus[1]}}};
  return plan;
}

TEST(Crew, WidensWhereItsThreadMayRunAndUsesMoreThreads) {
  const std::vector<int> cpus = allowed_cpus();
  if (cpus.size() < 2) GTEST_SKIP() << "one CPU";
  std::thread([&] {  // its own affinity
    allow_cpus({cpus[0]});
    EXPECT_THAT(allowed_cpus(), ElementsAre(cpus[0]));
    Crew crew(tied_pair(cpus));
    crew.borrow(1);
    EXPECT_THAT(allowed_cpus(), ElementsAre(cpus[0], cpus[1]));
    EXPECT_EQ(crew.team().n_threads(), 2);
  })
      .join();
}

TEST(Crew, TakesNoMoreThreadsThanTheQuotaIsWorth) {
  const std::vector<int> cpus = allowed_cpus();
  if (cpus.size() < 2) GTEST_SKIP() << "one CPU";
  std::thread([&] {
    allow_cpus({cpus[0]});
    ThreadPlan plan = tied_pair(cpus);
    plan.most_threads = 1;
    Crew crew(plan);
    crew.borrow(1);
    EXPECT_EQ(crew.team().n_threads(), 1);
  }).join();
}

TEST(Crew, GoesOnAloneWhereTheSystemDoesNotLetItWiden) {
  const std::vector<int> cpus = allowed_cpus();
  std::thread([&] {
    allow_cpus({cpus[0]});
    constexpr int absent = 8000;
    Crew crew(tied_pair({cpus[0], absent}));
    crew.borrow(1);
    EXPECT_THAT(allowed_cpus(), ElementsAre(cpus[0]));
    EXPECT_EQ(crew.team().n_threads(), 1);
  }).join();
}

}  // namespace
}  // namespace ksweep
