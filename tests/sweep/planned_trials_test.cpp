#include "sweep/planned_trials.h"

#include <gmock/gmock.h>

#include "base/sha256.h"
#include "core/trial_keys.h"
#include "sweep_texts.h"

namespace ksweep {
namespace {

DataFacts facts(const Trial&) { return {"0123abcd", 784, 10, 50000, 10000, 10000}; }

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
       {"[model]\ndropout = 0.2\n", "[model]\nactivation = relu\ndropout = 0.2\n",
        "[model]\nkind = batch-topk\ndropout = 0.2\n", "[model]\nkind = wta\ndropout = 0.2\n",
        "[model]\nlayers = 100-20\nk = 20\ndropout = 0.2\n", "[probe]\nkind = centroid\nmetric = cosine\n",
        "[probe]\nkind = kmeans\nmetric = cosine\n", "[model]\nkind = classifier\n"})
    EXPECT_TRUE(moved(text)) << text;
  for (const char* text :
       {"[model]\nkind = k-sparse\n", "[model]\nkind = wta\n", "[model]\nkind = plain\ndropout = 0.2\n",
        "[model]\ntraining = joint\ndropout = 0.2\n", "[model]\nhidden = 20\nk = 20\ndropout = 0.2\n",
        "[model]\nkind = wta\nlifetime = 1\ndropout = 0.2\n", "[probe]\nkind = knn\nmetric = cosine\n",
        "[probe]\nkind = kmeans\n", "[model]\nkind = classifier\noutput = sigmoid\n",
        "[model]\nkind = random\ndropout = 0.2\n", "[model]\nkind = rbm\ndropout = 0.2\n"})
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

TEST(Plan, ATrialThatIsThereTwiceIsRefused) {
  Sweep sweep = sweep_of("[results]\nsave = nothing\n");
  sweep.trials.push_back(sweep.trials[0]);
  const auto planned = [&] { return refusal([&] { plan_trials(sweep, facts); }); };
  EXPECT_THAT(planned(),
              ::testing::HasSubstr("is planned twice: one result would stand for both. Leave one"));
  sweep.trials[0].data_set = "/here/data.npz";
  sweep.trials[1].data_set = "/there/same.npz";
  EXPECT_THAT(planned(), ::testing::HasSubstr("is planned twice: data.set = /here/data.npz and data.set = "
                                              "/there/same.npz hold the same samples: one result"));
  sweep.trials[0].start_from = "a@0123456789abcdef";
  sweep.trials[1].start_from = "b@0123456789abcdef";
  EXPECT_THAT(planned(), ::testing::HasSubstr("hold the same samples, and model.start_from = a and "
                                              "model.start_from = b hold the same weights: one result"));
}

TEST(Plan, ABatchLargerThanTheDataSetIsRefused) {
  const auto few = [](const Trial&) { return DataFacts{"ffff", 784, 10, 99, 10, 10}; };
  EXPECT_EQ(refusal([&] { plan_trials(sweep_of("[train]\nbatch = 100\n"), few); }),
            "x.cfg:2: train.batch = 100 exceeds the 99 training samples (data.train): no mini-batch could "
            "be filled. Lower the batch or use more samples.");
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

TEST(Plan, AuxKOfHalfTheInputsIsNotWhatItWasWithNoUnits) {
  for (const bool half : {true, false}) {
    const std::string units = half ? "0" : "8";
    const PlannedTrial planned = plan_trials(
        sweep_of("[model]\nactivation = relu\naux_weight = 0.1\naux_units = " + units + "\n"), facts)[0];
    const auto unmoved = [&](bool training_only) {
      return first_64_bits(sha256_hex(identity(planned.trial, training_only) + "results_version = 3\n"));
    };
    EXPECT_EQ(planned.id != unmoved(false), half);
    EXPECT_EQ(planned.training_id != unmoved(true), half);
  }
}

}  // namespace
}  // namespace ksweep
