#include "schedule/policy.h"

#include <gmock/gmock.h>

#include <vector>

namespace ksweep {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::Optional;

std::vector<std::uint32_t> run_all_on_one_rank(Policy& policy) {
  std::vector<std::uint32_t> order;
  while (auto job = policy.next(0)) {
    order.push_back(*job);
    policy.end(0, *job, false);
  }
  return order;
}

TEST(Policy, HandsOutTheLongestFirstAndEqualOnesInListOrder) {
  Policy policy(std::vector<double>{2, 5, 2, 9}, 1);
  EXPECT_THAT(run_all_on_one_rank(policy), ElementsAre(3, 1, 0, 2));
  EXPECT_EQ(policy.n_left(), 0u);
}

TEST(Policy, GivesOneJobAheadAndNeverTwo) {
  Policy policy(std::vector<double>(100, 1.0), 2);
  EXPECT_THAT(policy.next(0), Optional(0u));
  EXPECT_THAT(policy.next(0), Optional(1u));
  EXPECT_EQ(policy.next(0), std::nullopt);
  policy.end(0, 0, false);
  EXPECT_THAT(policy.next(0), Optional(2u));
}

TEST(Policy, GivesNothingAheadWhenFewJobsAreLeft) {
  // 4 ranks share 15 s of queued work: 3.75 s each, half of which is less than the 2 s of two jobs.
  Policy policy(std::vector<double>(16, 1.0), 4);
  EXPECT_THAT(policy.next(0), Optional(0u));
  EXPECT_EQ(policy.next(0), std::nullopt);
}

TEST(Policy, GivesNothingAheadToTheRankWithAJobAsLongAsTheRest) {
  std::vector<double> costs(1000, 1.0);
  costs[500] = 600;
  Policy policy(costs, 2);
  EXPECT_THAT(policy.next(0), Optional(500u));
  EXPECT_EQ(policy.next(0), std::nullopt);
  EXPECT_THAT(policy.next(1), Optional(0u));
  EXPECT_THAT(policy.next(1), Optional(1u));
}

TEST(Policy, KeepsTheLastJobsForIdleRanksWhenCostsAreUnknown) {
  Policy policy(std::vector<double>(3, 0.0), 2);
  EXPECT_THAT(policy.next(0), Optional(0u));
  EXPECT_EQ(policy.next(0), std::nullopt);
  EXPECT_THAT(policy.next(1), Optional(1u));
}

TEST(Policy, CountsDoneAndFailedJobs) {
  Policy policy(std::vector<double>{3, 2, 1}, 1);
  policy.end(0, *policy.next(0), false);
  policy.end(0, *policy.next(0), true);
  EXPECT_EQ(policy.n_done(), 1u);
  EXPECT_EQ(policy.n_failed(), 1u);
  EXPECT_EQ(policy.n_left(), 1u);
}

TEST(Policy, GivesTheJobsOfALostRankToTheOthersInTheirPlace) {
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

TEST(Policy, CountsWhatLostRanksGaveBackAsWorkThatIsQueued) {
  Policy policy(std::vector<double>(5, 1.0), 3);
  policy.next(1);
  policy.next(2);
  policy.lose(1);
  policy.lose(2);
  EXPECT_THAT(policy.next(0), Optional(0u));
  EXPECT_THAT(policy.next(0), Optional(1u));  // 4 s are queued, half of which are the 2 s of two jobs
}

using Loan = Policy::Loan;

auto loan_of(std::vector<int> ranks, int borrower) {
  return Optional(AllOf(Field(&Loan::of_ranks, ranks), Field(&Loan::borrower, borrower)));
}

/// Hands the first jobs out in order of rank.
void start_all(Policy& policy, int n_ranks) {
  for (int rank = 0; rank < n_ranks; ++rank) policy.next(rank);
}

TEST(Policy, LendsToTheRankWithTheLatestPredictedEnd) {
  Policy policy(std::vector<double>{9, 7, 5, 1}, 4);  // longest first: rank 0 has 9, rank 3 has 1
  start_all(policy, 4);
  policy.end(3, 3, false);
  EXPECT_THAT(policy.lend(3), loan_of({3}, 0));  // 8 left become 4 for twice the CPUs; rank 1 has 6
  policy.end(2, 2, false);
  EXPECT_THAT(policy.lend(2), loan_of({2}, 1));
}

TEST(Policy, LendsOnWhatWasLent) {
  Policy policy(std::vector<double>{9, 3, 1}, 3);
  start_all(policy, 3);
  policy.end(2, 2, false);
  EXPECT_THAT(policy.lend(2), loan_of({2}, 0));
  policy.end(0, 0, false);  // earlier than predicted
  EXPECT_THAT(policy.lend(0), loan_of({0, 2}, 1));
  policy.end(1, 1, false);
  EXPECT_EQ(policy.lend(1), std::nullopt);  // to nobody
}

TEST(Policy, LendsNothingWhileJobsAreLeftOrRunAndNothingTwice) {
  Policy policy(std::vector<double>{3, 2, 1}, 2);
  start_all(policy, 2);
  EXPECT_EQ(policy.lend(1), std::nullopt);  // it runs a job itself
  policy.end(1, 1, false);
  EXPECT_EQ(policy.lend(1), std::nullopt);  // there is a next job for it
  policy.next(1);
  policy.end(1, 2, false);
  EXPECT_THAT(policy.lend(1), loan_of({1}, 0));
  EXPECT_EQ(policy.lend(1), std::nullopt);
}

TEST(Policy, LendsOnlyWithinANode) {
  const int nodes[] = {0, 1, 0, 1};
  Policy policy(std::vector<double>{9, 7, 5, 1}, nodes);
  start_all(policy, 4);
  policy.end(3, 3, false);
  EXPECT_THAT(policy.lend(3), loan_of({3}, 1));
  policy.end(1, 1, false);
  EXPECT_EQ(policy.lend(1), std::nullopt);
}

TEST(Policy, LendsEvenlyIfCostsAreUnknown) {
  Policy policy(std::vector<double>(4, 0.0), 4);
  start_all(policy, 4);
  policy.end(3, 3, false);
  EXPECT_THAT(policy.lend(3), loan_of({3}, 0));
  policy.end(2, 2, false);
  EXPECT_THAT(policy.lend(2), loan_of({2}, 1));
}

TEST(Policy, LendsAtOnceWhatGetsNoJobAtAll) {
  Policy policy(std::vector<double>{5}, 2);
  start_all(policy, 2);
  EXPECT_THAT(policy.lend(1), loan_of({1}, 0));
}

TEST(Policy, AJobThatFailedEarlyDoesNotMovePredictedTime) {
  Policy policy(std::vector<double>{20, 12, 3, 1}, 4);
  start_all(policy, 4);
  policy.end(0, 0, true);
  EXPECT_THAT(policy.lend(0), loan_of({0}, 1));  // whose 12 are 6 now
  policy.end(3, 3, false);
  EXPECT_THAT(policy.lend(3), loan_of({3}, 1));  // 5 left, rank 2 has 2; were it 20 now, nobody had any
}

TEST(Policy, HasNothingToGiveForAnEmptyList) {
  Policy policy({}, 3);
  EXPECT_EQ(policy.next(2), std::nullopt);
  EXPECT_EQ(policy.n_left(), 0u);
}

TEST(Policy, BeginsNoJobThatMustRunWholeAndCannotEndInTime) {
  Policy policy(std::vector<double>{5, 3, 1}, 2);
  policy.keep_whole(0);
  EXPECT_THAT(policy.next(0, 4), Optional(1u));
  EXPECT_THAT(policy.next(1, 4), Optional(2u));
  EXPECT_FALSE(policy.idle());
}

TEST(Policy, BeginsNothingRightBeforeTheEnd) {
  Policy policy(std::vector<double>{5, 3}, 1);
  EXPECT_EQ(policy.next(0, 0.5), std::nullopt);
  EXPECT_TRUE(policy.idle());
}

TEST(Policy, AJobGivenUpAfterTheLossOfItsRankHasFailed) {
  Policy policy(std::vector<double>{5, 3}, 2);
  policy.next(0);
  EXPECT_THAT(policy.running(0), Optional(0u));
  policy.lose(0);
  policy.give_up(0);
  EXPECT_EQ(policy.n_failed(), 1u);
  EXPECT_THAT(policy.next(1), Optional(1u));
  EXPECT_EQ(policy.next(1), std::nullopt);
}

}  // namespace
}  // namespace ksweep
