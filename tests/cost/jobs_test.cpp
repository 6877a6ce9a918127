#include "cost/jobs.h"

#include <gmock/gmock.h>

#include "../sweep/sweep_texts.h"
#include "cost/cost.h"

namespace ksweep {
namespace {

DataFacts facts(const Trial&) { return {"0123abcd", 784, 10, 50000, 10000, 10000}; }

std::vector<std::uint32_t> all_of(const std::vector<PlannedTrial>& plan) {
  std::vector<std::uint32_t> chosen(plan.size());
  for (std::uint32_t i = 0; i < plan.size(); ++i) chosen[i] = i;
  return chosen;
}

TEST(Jobs, ProbesOfOneNetworkAreOneJobThatEncodesOnceForEachAlpha) {
  const auto plan =
      plan_trials(sweep_of("[model]\nalpha = 1, 3\n[probe]\nkind = softmax, svm, knn\n"), facts);
  const auto jobs = make_jobs(plan, all_of(plan), facts, default_rates());
  ASSERT_EQ(jobs.size(), 1u);
  EXPECT_EQ(jobs[0].trials.size(), 6u);
  double apart_s = training_time_s(plan[0].trial, facts(plan[0].trial), default_rates());
  for (const PlannedTrial& planned : plan)
    apart_s += probe_time_s(planned.trial, facts(planned.trial), default_rates());
  const double encoding_s = 70000.0 * 1000 * 784 / 1e9 * default_rates().probe[0];
  EXPECT_NEAR(apart_s - jobs[0].predicted_s, 4 * encoding_s, 1e-6 * apart_s);
}

TEST(Jobs, KnowTheShareOfTheTraining) {
  const auto plan = plan_trials(sweep_of("[model]\nkind = k-sparse, raw\n"), facts);
  for (const Job& job : make_jobs(plan, all_of(plan), facts, default_rates())) {
    const Trial& trial = plan[job.trials[0]].trial;
    EXPECT_NEAR(job.training_share * job.predicted_s, training_time_s(trial, facts(trial), default_rates()),
                1e-9);
    EXPECT_LT(job.training_share, 1);
  }
}

TEST(Jobs, TrialsOfOneTrainingAreOneJob) {
  const auto plan = plan_trials(sweep_of("[model]\nk = 10, 25\nalpha = 1, 3\n"), facts);
  const auto jobs = make_jobs(plan, all_of(plan), facts, default_rates());
  ASSERT_EQ(jobs.size(), 2u);
  EXPECT_THAT(jobs[0].trials, ::testing::ElementsAre(2u, 3u));
  EXPECT_DOUBLE_EQ(jobs[0].predicted_s,
                   training_time_s(plan[2].trial, facts(plan[2].trial), default_rates()) +
                       probe_time_s(plan[2].trial, facts(plan[2].trial), default_rates()) +
                       probe_time_s(plan[3].trial, facts(plan[3].trial), default_rates()));
}

TEST(Jobs, TheLongestIsFirstAndEqualOnesGoById) {
  const auto plan = plan_trials(sweep_of("[model]\nk = 10, 70\n[train]\nseed = 0..9\n"), facts);
  const auto jobs = make_jobs(plan, all_of(plan), facts, default_rates());
  ASSERT_EQ(jobs.size(), 20u);
  EXPECT_EQ(plan[jobs[0].trials[0]].trial.k, 70);
  EXPECT_EQ(plan[jobs[19].trials[0]].trial.k, 10);
  for (std::size_t i = 1; i < 10; ++i) EXPECT_LT(jobs[i - 1].training_id, jobs[i].training_id);
}

TEST(Jobs, RatesThatAreKnownBetterChangeTheOrder) {
  const auto plan = plan_trials(sweep_of("[model]\nhidden = 500, 1000\nk = 10\nalpha = 1\n"), facts);
  Rates rates = default_rates();
  EXPECT_EQ(plan[make_jobs(plan, all_of(plan), facts, rates)[0].trials[0]].trial.n_hidden, 1000);
  rates.training.assign(rates.training.size(), 0);
  rates.probe.assign(rates.probe.size(), 0);
  const auto jobs = make_jobs(plan, all_of(plan), facts, rates);
  EXPECT_LT(jobs[0].training_id, jobs[1].training_id);
}

TEST(Jobs, OnlyTheChosenTrialsAreRun) {
  const auto plan = plan_trials(sweep_of("[model]\nk = 10, 25\nalpha = 1, 3\n"), facts);
  const auto jobs = make_jobs(plan, {1, 3}, facts, default_rates());
  ASSERT_EQ(jobs.size(), 2u);
  EXPECT_THAT(jobs[0].trials, ::testing::ElementsAre(3u));
}

}  // namespace
}  // namespace ksweep
