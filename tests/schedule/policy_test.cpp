#include "schedule/policy.h"

#include <gmock/gmock.h>

#include <vector>

namespace ksweep {
namespace {

using ::testing::ElementsAre;
using ::testing::Optional;

std::vector<std::uint32_t> run_all_on_one_rank(Policy& policy) {
  std::vector<std::uint32_t> order;
  while (auto job = policy.next(0)) {
    order.push_back(*job);
    policy.end(0, *job, false);
  }
  return order;
}

TEST(Policy, hands_out_the_longest_first_and_equal_ones_in_list_order) {
  Policy policy(std::vector<double>{2, 5, 2, 9}, 1);
  EXPECT_THAT(run_all_on_one_rank(policy), ElementsAre(3, 1, 0, 2));
  EXPECT_EQ(policy.n_left(), 0u);
}

TEST(Policy, gives_one_job_ahead_and_never_two) {
  Policy policy(std::vector<double>(100, 1.0), 2);
  EXPECT_THAT(policy.next(0), Optional(0u));
  EXPECT_THAT(policy.next(0), Optional(1u));
  EXPECT_EQ(policy.next(0), std::nullopt);
  policy.end(0, 0, false);
  EXPECT_THAT(policy.next(0), Optional(2u));
}

TEST(Policy, gives_nothing_ahead_when_few_jobs_are_left) {
  // 4 ranks share 15 s of queued work: 3.75 s each, half of which is less than the 2 s of two jobs.
  Policy policy(std::vector<double>(16, 1.0), 4);
  EXPECT_THAT(policy.next(0), Optional(0u));
  EXPECT_EQ(policy.next(0), std::nullopt);
}

TEST(Policy, gives_nothing_ahead_to_the_rank_with_a_job_as_long_as_the_rest) {
  std::vector<double> costs(1000, 1.0);
  costs[500] = 600;
  Policy policy(costs, 2);
  EXPECT_THAT(policy.next(0), Optional(500u));
  EXPECT_EQ(policy.next(0), std::nullopt);
  EXPECT_THAT(policy.next(1), Optional(0u));
  EXPECT_THAT(policy.next(1), Optional(1u));
}

TEST(Policy, keeps_the_last_jobs_for_idle_ranks_when_costs_are_unknown) {
  Policy policy(std::vector<double>(3, 0.0), 2);
  EXPECT_THAT(policy.next(0), Optional(0u));
  EXPECT_EQ(policy.next(0), std::nullopt);
  EXPECT_THAT(policy.next(1), Optional(1u));
}

TEST(Policy, counts_done_and_failed_jobs) {
  Policy policy(std::vector<double>{3, 2, 1}, 1);
  policy.end(0, *policy.next(0), false);
  policy.end(0, *policy.next(0), true);
  EXPECT_EQ(policy.n_done(), 1u);
  EXPECT_EQ(policy.n_failed(), 1u);
  EXPECT_EQ(policy.n_left(), 1u);
}

TEST(Policy, gives_the_jobs_of_a_lost_rank_to_the_others_in_their_place) {
  std::vector<double> costs(40, 1.0);
  costs[7] = 1.5;
  Policy policy(costs, 2);
  EXPECT_THAT(policy.next(1), Optional(7u));
  EXPECT_THAT(policy.next(1), Optional(0u));
  policy.lose(1);
  EXPECT_EQ(policy.n_lost(), 2u);
  const auto order = run_all_on_one_rank(policy);
  EXPECT_EQ(order.size(), 40u);
  EXPECT_EQ(order[0], 7u);
  EXPECT_EQ(order[1], 0u);
}

TEST(Policy, has_nothing_to_give_for_an_empty_list) {
  Policy policy({}, 3);
  EXPECT_EQ(policy.next(2), std::nullopt);
  EXPECT_EQ(policy.n_left(), 0u);
}

}  // namespace
}  // namespace ksweep
