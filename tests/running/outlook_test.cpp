#include "run/outlook.h"

#include <gtest/gtest.h>

#include <cmath>

#include "cost/jobs.h"
#include "planned.h"

namespace ksweep {
namespace {

/// Jobs of these predicted lengths, longest first.
std::vector<Job> jobs_of(const std::vector<double>& predicted_s) {
  std::vector<Job> jobs;
  for (std::size_t i = 0; i < predicted_s.size(); ++i)
    jobs.push_back({i, {static_cast<std::uint32_t>(i)}, predicted_s[i]});
  return jobs;
}

const std::vector<double> lengths_s{10, 8, 6, 4};

TEST(Outlook, AtTheStartIsTheWholeSchedule) {
  // 10 + 4 and 8 + 6
  EXPECT_DOUBLE_EQ(Outlook(jobs_of(lengths_s), lengths_s, 2).left_s(0, false), 14);
}

TEST(Outlook, CountsWhatTheRunningJobsHaveDone) {
  EXPECT_DOUBLE_EQ(Outlook(jobs_of(lengths_s), lengths_s, 2).left_s(3, true), 11);
}

TEST(Outlook, CountsRunningJobsFromTheEndOfTheOnesBefore) {
  Outlook outlook(jobs_of(lengths_s), lengths_s, 2);
  outlook.end(1, 1, 8, 8);
  // At 9 the first has 1 s to go, the third 5 s, the fourth 4 s after the first.
  EXPECT_DOUBLE_EQ(outlook.left_s(9, true), 5);
  outlook.end(0, 0, 10, 10);
  EXPECT_DOUBLE_EQ(outlook.left_s(12, true), 2);
}

TEST(Outlook, IdleRanksTakeNoPartInTheLastJob) {
  Outlook outlook(jobs_of({10, 8, 6}), {10, 8, 6}, 2);
  outlook.end(1, 1, 8, 8);
  outlook.end(0, 0, 10, 10);
  EXPECT_DOUBLE_EQ(outlook.left_s(11, true), 3);
}

TEST(Outlook, FollowsCostsThatAreKnownBetter) {
  Outlook outlook(jobs_of(lengths_s), lengths_s, 2);
  outlook.expect({20, 16, 12, 8});
  EXPECT_DOUBLE_EQ(outlook.left_s(0, true), 28);
}

TEST(Outlook, AddsWhatJobsTakeBesideTheirTrials) {
  Outlook outlook(jobs_of({4, 4, 4}), {4, 4, 4}, 1);
  outlook.end(0, 0, 4, 5);
  EXPECT_DOUBLE_EQ(outlook.left_s(5, true), 10);
}

TEST(Outlook, AJobThatOutlivesItsPredictionIsNeverOver) {
  EXPECT_GT(Outlook(jobs_of({10}), {10}, 1).left_s(100, true), 0);
}

TEST(Outlook, OfNothingLeftIsNothing) {
  Outlook outlook(jobs_of({10}), {10}, 3);
  outlook.end(0, 0, 10, 10);
  EXPECT_EQ(outlook.left_s(11, true), 0);
}

TEST(Outlook, LearnsFromWhatTheRunningJobsHaveDone) {
  Outlook outlook(jobs_of(lengths_s), lengths_s, 2);
  // A tenth of each in twice the predicted time: 18 and 14 s to go, then 8 and 12 s.
  outlook.progress(0, 0.1, 2);
  outlook.progress(1, 0.1, 1.6);
  EXPECT_NEAR(outlook.left_s(2, true), 26, 1e-9);
  EXPECT_DOUBLE_EQ(outlook.mean_progress(), 0.1);
}

TEST(Outlook, TrustsTheFirstStepsOfAJobInProportion) {
  Outlook outlook(jobs_of({10}), {10}, 1);
  outlook.progress(0, 0.01, 1);  // 100 s by what it has done, 10 s by prediction
  const double left_s = outlook.left_s(1, true);
  EXPECT_GT(left_s, 30);
  EXPECT_LT(left_s, 70);
  outlook.progress(0, 0.03, 3);
  EXPECT_DOUBLE_EQ(outlook.left_s(3, true), 97);
}

TEST(Outlook, AJobBeginsWithNothingDone) {
  Outlook outlook(jobs_of({10, 10}), {10, 10}, 1);
  outlook.progress(0, 0.9, 9);
  outlook.end(0, 0, 10, 10);
  EXPECT_DOUBLE_EQ(outlook.left_s(10, true), 10);
  EXPECT_TRUE(std::isnan(outlook.mean_progress()));
}

TEST(Outlook, HasSeenEnoughOfATwentiethOrOfSomeSecondsOrOfAnEnd) {
  Outlook outlook(jobs_of({10, 10}), {10, 10}, 1);
  EXPECT_FALSE(outlook.has_seen_enough());
  outlook.progress(0, 0.01, 1);
  EXPECT_FALSE(outlook.has_seen_enough());
  outlook.progress(0, 0.05, 1);
  EXPECT_TRUE(outlook.has_seen_enough());
  outlook.progress(0, 0.01, 3);
  EXPECT_TRUE(outlook.has_seen_enough());
  outlook.end(0, 0, 10, 10);
  EXPECT_TRUE(outlook.has_seen_enough());
}

TEST(ExpectedTimes, AreThoseOfAJobsTrialsOnItsThreads) {
  const std::vector<PlannedTrial> plan{planned(10), planned(25)};
  const auto facts = [](const Trial&) { return DataFacts{"", 784, 10, 1000, 1000, 1000}; };
  const Rates rates = default_rates();
  const auto jobs = make_jobs(plan, {0, 1}, facts, rates);
  const auto on_one = expected_times_s(jobs, plan, facts, rates, 1);
  const auto on_two = expected_times_s(jobs, plan, facts, rates, 2);
  ASSERT_EQ(on_one.size(), 2u);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_DOUBLE_EQ(on_one[i], jobs[i].predicted_s);
    EXPECT_DOUBLE_EQ(on_two[i], on_one[i] / thread_speedup(2));
  }
}

TEST(Outlook, OfVeryManyJobsIsTheBound) {
  const std::vector<double> many(100'000, 1);
  EXPECT_DOUBLE_EQ(Outlook(jobs_of(many), many, 4).left_s(0, false), 25'000);
}

}  // namespace
}  // namespace ksweep
