#include "schedule/threads.h"

#include <gmock/gmock.h>

#include <utility>

namespace ksweep {
namespace {

using ::testing::HasSubstr;

using Masks = std::vector<std::vector<int>>;

ThreadPlan plan(const Node& node, std::optional<int> threads = {}) {
  return plan_threads(node, 0, {threads, "--threads"});
}

TEST(Threads, ARankAloneTakesAllCpusItMayUse) { EXPECT_EQ(plan({Masks{{0, 1, 2, 3}}, 4, 1}).threads, 4); }

TEST(Threads, RanksThatMayRunAnywhereDivideTheCpus) {
  EXPECT_EQ(plan({Masks{{0, 1, 2, 3, 4}, {0, 1, 2, 3, 4}}, 5, 2}).threads, 2);
}

TEST(Threads, RanksTiedToTheirOwnCpusKeepThem) {
  const Node node{Masks{{0, 1}, {2, 3}}, 4, 2};
  EXPECT_EQ(plan(node).threads, 2);
  EXPECT_EQ(plan(node).warning, "");
}

TEST(Threads, MoreRanksThanCpusRunOneThreadEachAndAreWarned) {
  const auto result = plan({Masks(8, {0, 1}), 2, 8, Launcher::mpirun});
  EXPECT_EQ(result.threads, 1);
  EXPECT_EQ(result.fault, "");
  EXPECT_THAT(result.warning, HasSubstr("8 ranks run 8 threads on 2 CPUs of "));
  EXPECT_THAT(result.warning,
              HasSubstr(", so they take turns. For full speed use 2 ranks on each such node."));
}

TEST(Threads, ThreadsThatMpirunTiedToOneCoreAreAFaultWithTheCommandThatHelps) {
  const auto result = plan({Masks{{0}, {1}}, 16, 2, Launcher::mpirun}, 4);
  EXPECT_THAT(result.fault, HasSubstr("--threads asks for 4 threads in each rank, but a rank on "));
  EXPECT_THAT(result.fault, HasSubstr(" may use only 1 CPU: the threads would wait for each other"));
  EXPECT_THAT(result.fault,
              HasSubstr("`mpirun --bind-to none -n 2 ksweep …`, or `mpirun --map-by slot:PE=4 -n 2 "));
}

TEST(Threads, ThreadsWithoutCpusUnderSrunNameItsOption) {
  EXPECT_THAT(plan({Masks{{0}}, 16, 1, Launcher::srun}, 4).fault,
              HasSubstr("`srun --mpi=pmix -n 1 -c 4 ksweep …`"));
}

TEST(Threads, MoreThreadsThanTheMachineHasCpusAreToldTheLimit) {
  EXPECT_THAT(plan({Masks{{0, 1}}, 2, 1, Launcher::mpirun}, 3).fault,
              HasSubstr("Ask for 2 or fewer: this machine has no more."));
}

TEST(Threads, ZeroThreadsAreAFault) {
  EXPECT_EQ(plan({Masks{{0}}, 1, 1}, 0).fault, "--threads: a rank needs at least 1 thread.");
}

TEST(Threads, UnboundRanksThatTogetherAskForMoreThanTheNodeHasAreWarned) {
  const auto result = plan({Masks(2, {0, 1, 2, 3}), 4, 2}, 3);
  EXPECT_EQ(result.threads, 3);
  EXPECT_EQ(result.fault, "");
  EXPECT_THAT(result.warning, HasSubstr("2 ranks run 6 threads on 4 CPUs of "));
  EXPECT_THAT(result.warning, HasSubstr("use 1 rank on each such node, or fewer threads (--threads)."));
}

TEST(Threads, TwoProgramsBoundToTheSameCoreOfAFreeMachineAreToldHowToSpread) {
  EXPECT_THAT(plan({Masks{{0}, {0}}, 8, 2, Launcher::mpirun}).warning,
              HasSubstr("`mpirun --bind-to none -n 2 "));
}

TEST(Threads, CpusLeftIdleByTheDefaultBindingOfMpirunAreTold) {
  const auto result = plan({Masks{{0}, {1}}, 16, 2, Launcher::mpirun});
  EXPECT_EQ(result.threads, 1);
  EXPECT_THAT(result.warning, HasSubstr("mpirun tied each rank to one CPU: 2 ranks on "));
  EXPECT_THAT(result.warning,
              HasSubstr(" use 2 of its 16 CPUs. For all of them use `mpirun -n 16 ksweep …`, or "));
  EXPECT_EQ(plan({Masks{{0}, {1}}, 16, 2, Launcher::srun}).warning, "");
  EXPECT_EQ(plan({Masks{{0}, {1}}, 16, 2, Launcher::mpirun}, 1).warning, "");
}

Node under_quota(Masks allowed, double quota) {
  return {
      .allowed_cpus = std::move(allowed), .n_cpus = 4, .cpu_quota = {quota, "/sys/fs/cgroup/job/cpu.max"}};
}

TEST(Threads, UnaskedAreNoMoreThanTheQuotaOfCpuTimeIsWorth) {
  const Masks alone{{0, 1, 2, 3}}, pair(2, {0, 1, 2, 3});
  for (const auto& [quota, threads] : {std::pair(0.5, 1), {1., 1}, {2.9, 2}, {9., 4}}) {
    EXPECT_EQ(plan(under_quota(alone, quota)).threads, threads) << quota;
    EXPECT_EQ(plan(under_quota(alone, quota)).warning, "") << quota;
  }
  EXPECT_EQ(plan(under_quota(pair, 3)).threads, 1);
  EXPECT_EQ(plan(under_quota(pair, 3)).most_threads, 3);  // when the other rank lends its CPUs
}

TEST(Threads, BeyondTheQuotaAreWarnedOf) {
  EXPECT_THAT(plan(under_quota({{0, 1, 2, 3}}, 1), 2).warning,
              HasSubstr("but /sys/fs/cgroup/job/cpu.max grants the time of 1 CPU, so they take turns"));
  EXPECT_THAT(plan(under_quota(Masks(2, {0, 1, 2, 3}), 1.5)).warning, HasSubstr("the time of 1.5 CPUs"));
}

TEST(Threads, TheOptionWinsOverTheEnvironment) {
  const Lookup two = [](const char*) { return "2,4"; };
  const Lookup unset = [](const char*) -> const char* { return nullptr; };
  EXPECT_EQ(thread_request(3, two).threads, 3);
  EXPECT_EQ(thread_request({}, two).threads, 2);
  EXPECT_EQ(thread_request({}, two).source, "OMP_NUM_THREADS");
  EXPECT_EQ(thread_request({}, unset).threads, std::nullopt);
}

}  // namespace
}  // namespace ksweep
