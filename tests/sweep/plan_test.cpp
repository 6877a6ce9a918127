#include "sweep/plan.h"

#include <gmock/gmock.h>

#include "core/sha256.h"
#include "core/trial_keys.h"
#include "sweep/cost.h"
#include "sweep_texts.h"

namespace ksweep {
namespace {

DataFacts facts(const Trial&) { return {"0123abcd", 784, 10, 50000, 10000, 10000}; }

std::vector<std::uint32_t> all_of(const std::vector<PlannedTrial>& plan) {
  std::vector<std::uint32_t> chosen(plan.size());
  for (std::uint32_t i = 0; i < plan.size(); ++i) chosen[i] = i;
  return chosen;
}

// Recorded values.  They move when a key, a default or the text of a specification changes: then old results
// are no longer recognised, which is right if they would come out otherwise and a loss to every user if not.
TEST(Plan, IdsAreTheRecordedOnes) {
  const std::string model = "[model]\nk = 10\nsparsity_weight = 1e-4\npenalty = l1\n";
  const std::string sgd =
      "[train]\noptimizer = sgd\nlearning_rate = 0.01\nlearning_rate_schedule = constant\n";
  const auto plan = plan_trials(sweep_of(model + sgd), facts);
  EXPECT_EQ(id_text(plan[0].id), "fcaebefd939129ad");
  EXPECT_EQ(id_text(plan[0].training_id), "5a62c6f0d4ffd4c7");
  const auto defaults = plan_trials(sweep_of(model), facts);
  EXPECT_EQ(id_text(defaults[0].id), "7dd0de2605f12584");
  EXPECT_EQ(id_text(defaults[0].training_id), "5c4cb04c6897d472");
  const auto raw = plan_trials(sweep_of("[model]\nkind = raw\n"), facts);
  EXPECT_EQ(id_text(raw[0].id), "dacfd939464824ce");
  EXPECT_EQ(id_text(raw[0].training_id), "8269fa08467ea7c3");
}

TEST(Plan, AChangeOfFewResultsMovesTheIdsOfTheirTrialsAlone) {
  const auto moved = [](const char* text) {
    const PlannedTrial planned = plan_trials(sweep_of(text), facts)[0];
    const auto unmoved = [&](bool training_only) {
      return first_64_bits(sha256_hex(identity(planned.trial, training_only) + "results_version = 3\n"));
    };
    const bool moves_weights = planned.trial.dropout > 0 && planned.trial.activation == Activation::linear &&
                               planned.id != unmoved(false);
    EXPECT_EQ(planned.training_id == unmoved(true), !moves_weights) << text;
    return planned.id != unmoved(false);
  };
  for (const char* text :
       {"[model]\ndropout = 0.2\n", "[model]\nkind = batch-topk\ndropout = 0.2\n",
        "[model]\nkind = wta\ndropout = 0.2\n", "[model]\nlayers = 100-20\nk = 20\ndropout = 0.2\n",
        "[probe]\nkind = centroid\nmetric = cosine\n", "[probe]\nkind = kmeans\nmetric = cosine\n",
        "[model]\nkind = classifier\n"})
    EXPECT_TRUE(moved(text)) << text;
  for (const char* text :
       {"[model]\nkind = k-sparse\n", "[model]\nkind = wta\n", "[model]\nkind = plain\ndropout = 0.2\n",
        "[model]\ntraining = joint\ndropout = 0.2\n", "[model]\nhidden = 20\nk = 20\ndropout = 0.2\n",
        "[model]\nkind = wta\nlifetime = 1\ndropout = 0.2\n", "[probe]\nkind = knn\nmetric = cosine\n",
        "[probe]\nkind = kmeans\n", "[model]\nkind = classifier\noutput = sigmoid\n",
        "[model]\nkind = random\ndropout = 0.2\n"})
    EXPECT_FALSE(moved(text)) << text;
}

TEST(Plan, AGrownGridKeepsTheIdsOfItsTrials) {
  const auto small = plan_trials(sweep_of("[model]\nk = 10, 25\n"), facts);
  const auto large = plan_trials(sweep_of("[train]\nseed = 0, 1\n[model]\nk = 25, 40, 10\n"), facts);
  EXPECT_EQ(small[0].id, large[2].id);
  EXPECT_EQ(small[1].id, large[0].id);
}

TEST(Plan, IdsHangOnTheData) {
  const Sweep sweep = sweep_of("[results]\nsave = nothing\n");
  const auto other = [](const Trial&) { return DataFacts{"ffff", 784, 10, 50000, 10000, 10000}; };
  EXPECT_NE(plan_trials(sweep, facts)[0].id, plan_trials(sweep, other)[0].id);
  EXPECT_NE(plan_trials(sweep, facts)[0].training_id, plan_trials(sweep, other)[0].training_id);
}

TEST(Plan, IdsDoNotHangOnTheNameOfTheData) {
  const auto here = plan_trials(sweep_of("[data]\nset = /here/data.npz\n"), facts);
  const auto there = plan_trials(sweep_of("[data]\nset = /there/same.npz\n"), facts);
  EXPECT_EQ(here[0].id, there[0].id);
  EXPECT_EQ(here[0].training_id, there[0].training_id);
}

TEST(Plan, KeysThatOnlyReadFeaturesShareOneTraining) {
  const auto plan = plan_trials(sweep_of("[model]\nalpha = 1, 3\n"), facts);
  EXPECT_NE(plan[0].id, plan[1].id);
  EXPECT_EQ(plan[0].training_id, plan[1].training_id);
}

TEST(Plan, ProbesOfOneNetworkAreOneJobThatEncodesOnceForEachAlpha) {
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

TEST(Plan, ATrialThatIsThereTwiceIsRefused) {
  Sweep sweep = sweep_of("[results]\nsave = nothing\n");
  sweep.trials.push_back(sweep.trials[0]);
  EXPECT_THAT(refusal([&] { plan_trials(sweep, facts); }),
              ::testing::HasSubstr(
                  "is planned twice, with the same data under two names: one result would stand for both."));
}

TEST(Plan, ABatchLargerThanTheDataSetIsRefused) {
  const auto few = [](const Trial&) { return DataFacts{"ffff", 784, 10, 99, 10, 10}; };
  EXPECT_EQ(refusal([&] { plan_trials(sweep_of("[train]\nbatch = 100\n"), few); }),
            "x.cfg:2: train.batch = 100 exceeds the 99 training samples (data.train): no mini-batch could be "
            "filled. Lower "
            "the batch or use more samples.");
}

TEST(Plan, AFaultOfTheDataIsToldTheLineOfItsKey) {
  const auto absent = [](const Trial&) -> DataFacts {
    throw UserError("data.set = mnist: there is no such data set.");
  };
  EXPECT_EQ(refusal([&] { plan_trials(sweep_of("[data]\nset = mnist\n"), absent); }),
            "x.cfg:2: data.set = mnist: there is no such data set.");
  EXPECT_EQ(refusal([&] { plan_trials(sweep_of("[results]\nsave = nothing\n"), absent); }),
            "data.set = mnist: there is no such data set.");
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
