#include "run/memory_check.h"

#include <gmock/gmock.h>

namespace ksweep {
namespace {

using ::testing::HasSubstr;

const Limit group{5e9, "/sys/fs/cgroup/job/memory.max"};

TEST(MemoryCheck, LetsPassWhatFits) {
  EXPECT_EQ(memory_fault({{1e9, 1e9}, 3e9, 2}, group), "");
  EXPECT_EQ(memory_fault({{}, 9e9, 2}, group), "");
  EXPECT_EQ(memory_fault({{2e9}, 3e9, 64}, group), "");  // one rank alone gets it
}

TEST(MemoryCheck, CountsOnlyTheLargestJobsThatCanMeet) {
  EXPECT_EQ(memory_fault({{1e6, 3e9, 1e6, 1e6}, 1e9, 4}, group), "");
}

TEST(MemoryCheck, TellsHowManyRanksFit) {
  const MemoryDemand demand{{3e9, 1e9, 2e9, 3e9}, 1e9, 3};
  EXPECT_EQ(ranks_that_fit(demand, 5e9), 1);
  EXPECT_EQ(ranks_that_fit(demand, 7e9), 2);
  EXPECT_EQ(ranks_that_fit(demand, 9e9), 3);
  EXPECT_THAT(memory_fault(demand, group), HasSubstr("3 ranks on one node need up to 3.0 GB each"));
  EXPECT_THAT(memory_fault(demand, group), HasSubstr("allows (/sys/fs/cgroup/job/memory.max)"));
  EXPECT_THAT(memory_fault(demand, group), HasSubstr("Use no more than 1 rank on a node"));
}

TEST(MemoryCheck, RefusesATrialThatFitsNowhere) {
  EXPECT_THAT(memory_fault({{1e6, 4e9}, 2e9, 1}, group), HasSubstr("the largest trial needs 4.0 GB"));
}

}  // namespace
}  // namespace ksweep
