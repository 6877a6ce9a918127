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

TEST(Threads, a_rank_alone_takes_all_cpus_it_may_use) {
  EXPECT_EQ(plan({Masks{{0, 1, 2, 3}}, 4, 1}).threads, 4);
}

TEST(Threads, ranks_that_may_run_anywhere_divide_the_cpus) {
  EXPECT_EQ(plan({Masks{{0, 1, 2, 3, 4}, {0, 1, 2, 3, 4}}, 5, 2}).threads, 2);
}

TEST(Threads, ranks_tied_to_their_own_cpus_keep_them) {
  const Node node{Masks{{0, 1}, {2, 3}}, 4, 2};
  EXPECT_EQ(plan(node).threads, 2);
  EXPECT_EQ(plan(node).warning, "");
}

TEST(Threads, more_ranks_than_cpus_run_one_thread_each_and_are_warned) {
  const auto result = plan({Masks(8, {0, 1}), 2, 8, Launcher::mpirun});
  EXPECT_EQ(result.threads, 1);
  EXPECT_EQ(result.fault, "");
  EXPECT_THAT(result.warning, HasSubstr("8 ranks run 8 threads on 2 CPUs of "));
  EXPECT_THAT(result.warning,
              HasSubstr(", so they take turns. For full speed use 2 ranks on each such node."));
}

TEST(Threads, threads_that_mpirun_tied_to_one_core_are_a_fault_with_the_command_that_helps) {
  const auto result = plan({Masks{{0}, {1}}, 16, 2, Launcher::mpirun}, 4);
  EXPECT_THAT(result.fault, HasSubstr("--threads asks for 4 threads in each rank, but a rank on "));
  EXPECT_THAT(result.fault, HasSubstr(" may use only 1 CPU: the threads would wait for each other"));
  EXPECT_THAT(result.fault,
              HasSubstr("`mpirun --bind-to none -n 2 ksweep …`, or `mpirun --map-by slot:PE=4 -n 2 "));
}

TEST(Threads, threads_without_cpus_under_srun_name_its_option) {
  EXPECT_THAT(plan({Masks{{0}}, 16, 1, Launcher::srun}, 4).fault,
              HasSubstr("`srun --mpi=pmix -n 1 -c 4 ksweep …`"));
}

TEST(Threads, more_threads_than_the_machine_has_cpus_are_told_the_limit) {
  EXPECT_THAT(plan({Masks{{0, 1}}, 2, 1, Launcher::mpirun}, 3).fault,
              HasSubstr("Ask for 2 or fewer: this machine has no more."));
}

TEST(Threads, zero_threads_are_a_fault) {
  EXPECT_EQ(plan({Masks{{0}}, 1, 1}, 0).fault, "--threads: a rank needs at least 1 thread.");
}

TEST(Threads, unbound_ranks_that_together_ask_for_more_than_the_node_has_are_warned) {
  const auto result = plan({Masks(2, {0, 1, 2, 3}), 4, 2}, 3);
  EXPECT_EQ(result.threads, 3);
  EXPECT_EQ(result.fault, "");
  EXPECT_THAT(result.warning, HasSubstr("2 ranks run 6 threads on 4 CPUs of "));
  EXPECT_THAT(result.warning, HasSubstr("use 1 rank on each such node, or fewer threads (--threads)."));
}

TEST(Threads, two_programs_bound_to_the_same_core_of_a_free_machine_are_told_how_to_spread) {
  EXPECT_THAT(plan({Masks{{0}, {0}}, 8, 2, Launcher::mpirun}).warning,
              HasSubstr("`mpirun --bind-to none -n 2 "));
}

TEST(Threads, cpus_left_idle_by_the_default_binding_of_mpirun_are_told) {
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

TEST(Threads, unasked_are_no_more_than_the_quota_of_cpu_time_is_worth) {
  const Masks alone{{0, 1, 2, 3}}, pair(2, {0, 1, 2, 3});
  for (const auto& [quota, threads] : {std::pair(0.5, 1), {1., 1}, {2.9, 2}, {9., 4}}) {
    EXPECT_EQ(plan(under_quota(alone, quota)).threads, threads) << quota;
    EXPECT_EQ(plan(under_quota(alone, quota)).warning, "") << quota;
  }
  EXPECT_EQ(plan(under_quota(pair, 3)).threads, 1);
  EXPECT_EQ(plan(under_quota(pair, 3)).most_threads, 3);  // when the other rank lends its CPUs
}

TEST(Threads, beyond_the_quota_are_warned_of) {
  EXPECT_THAT(plan(under_quota({{0, 1, 2, 3}}, 1), 2).warning,
              HasSubstr("but /sys/fs/cgroup/job/cpu.max grants the time of 1 CPU, so they take turns"));
  EXPECT_THAT(plan(under_quota(Masks(2, {0, 1, 2, 3}), 1.5)).warning, HasSubstr("the time of 1.5 CPUs"));
}

TEST(Threads, the_option_wins_over_the_environment) {
  const Lookup two = [](const char*) { return "2,4"; };
  const Lookup unset = [](const char*) -> const char* { return nullptr; };
  EXPECT_EQ(thread_request(3, two).threads, 3);
  EXPECT_EQ(thread_request({}, two).threads, 2);
  EXPECT_EQ(thread_request({}, two).source, "OMP_NUM_THREADS");
  EXPECT_EQ(thread_request({}, unset).threads, std::nullopt);
}

}  // namespace
}  // namespace ksweep
