#include "cost/cost.h"

#include <gtest/gtest.h>

#include "../sweep/sweep_texts.h"
#include "core/trial_keys.h"
#include "cost/training_memory.h"

namespace ksweep {
namespace {

const DataFacts mnist{"hash", 784, 10, 50000, 10000, 10000};

double training_s(const Trial& trial) { return training_time_s(trial, mnist, default_rates()); }
double probe_s(const Trial& trial) { return probe_time_s(trial, mnist, default_rates()); }

TEST(Cost, AKSparseTrialOnMnistIsPredictedToTakeHalfAMinute) {
  // 50 epochs of 500 mini-batches of about 1.2 ms.
  EXPECT_GT(training_s(default_trial()), 25);
  EXPECT_LT(training_s(default_trial()), 60);
}

TEST(Cost, GrowsWithEverythingThatMakesWork) {
  const auto with = [&](auto member, auto value) {
    Trial trial = default_trial();
    trial.*member = value;
    return predicted_time_s(trial, mnist, default_rates());
  };
  const double usual = with(&Trial::epochs, 50);
  EXPECT_GT(with(&Trial::epochs, 51), usual);
  EXPECT_GT(with(&Trial::n_hidden, 2000), usual);
  EXPECT_GT(with(&Trial::k, 26), usual);
  EXPECT_GT(with(&Trial::tied, false), usual);
  EXPECT_GT(with(&Trial::batch, 10), usual);
  EXPECT_GT(with(&Trial::k_schedule, 1.0), usual);
  EXPECT_GT(with(&Trial::probe_every, 10), usual);
  EXPECT_LT(with(&Trial::probe_l2, 1e-3), usual);
  EXPECT_LT(with(&Trial::probe_tolerance, 1e-4), usual);
}

TEST(Cost, AClassifierIsPredictedByItsLayersAndSteps) {
  Trial trial = default_trial();
  trial.kind = ModelKind::classifier;
  trial.layers = "30-10";
  trial.batch = 256;
  trial.epochs = 10;
  trial.steps_per_epoch = 1000;
  const double seconds = training_s(trial);
  EXPECT_GT(seconds, 1);  // measured: 2 s
  EXPECT_LT(seconds, 4);
  trial.layers = "300-10";
  EXPECT_GT(training_s(trial), 3 * seconds);
  EXPECT_GT(probe_s(trial), 0);
  EXPECT_LT(probe_s(trial), 1);
  EXPECT_LT(memory_bytes(trial, mnist), 70e6);  // its layers are wide
  trial.layers = "30-10";
  EXPECT_NEAR(memory_bytes(trial, mnist), 60e6 + 70000 * 784 * 0.35 * 3, 10e6);
}

TEST(Cost, BaselinesTakeLittleButTheirProbe) {
  Trial trial = default_trial();
  trial.kind = ModelKind::random;
  EXPECT_LT(training_s(normalised(trial)), 1);
  EXPECT_GT(probe_s(normalised(trial)), 0);
  trial.kind = ModelKind::raw;
  EXPECT_EQ(training_s(normalised(trial)), 0);
  EXPECT_GT(probe_s(normalised(trial)), 0);
}

TEST(Cost, TwoThreadsAreAsFastAsMeasuredAndMoreNeverSlower) {
  EXPECT_DOUBLE_EQ(thread_speedup(1), 1);
  EXPECT_DOUBLE_EQ(thread_speedup(2), 1.85);
  for (int threads = 2; threads < 100; ++threads)
    EXPECT_GT(thread_speedup(threads + 1), thread_speedup(threads));
  EXPECT_LT(thread_speedup(64), 13);
}

/// Trials with two k's and two alphas, as if they had run on a machine of other rates.
class Calibration : public ::testing::Test {
 protected:
  Calibration() : plan_(plan_trials(sweep_of("[model]\nk = 10, 70\nalpha = 1, 3\n"), facts_)) {
    results_.resize(plan_.size());
    for (std::size_t i = 0; i < plan_.size(); ++i) {
      results_[i].status = Status::done;
      results_[i].threads = 1;
      results_[i].started_unix_s = 1e9 + plan_[i].trial.k;  // both alphas read one training
      results_[i].probe_time_s = slower_ * probe_s(plan_[i].trial);
      results_[i].wall_time_s = results_[i].probe_time_s + 3 * slower_ * training_s(plan_[i].trial) / 2;
    }
  }
  double predicted_s(const Rates& rates) const { return predicted_time_s(plan_[0].trial, mnist, rates); }
  Rates calibrated() const { return calibrated_rates(plan_, results_, facts_, default_rates()); }
  double true_s() const { return slower_ * (3 * training_s(plan_[0].trial) + probe_s(plan_[0].trial)); }

  static constexpr double slower_ = 1.7;
  const FactsOf facts_ = [](const Trial&) { return mnist; };
  const std::vector<PlannedTrial> plan_;
  std::vector<TrialResult> results_;
};

TEST_F(Calibration, FindsTrainingAndProbeTimesApartThoughTrialsShareATraining) {
  EXPECT_NEAR(predicted_s(calibrated()), true_s(), 1e-6 * true_s());
  EXPECT_EQ(calibrated().n_measured, 4);
}

TEST_F(Calibration, CountsThreadsAsTheTimeOfOne) {
  for (TrialResult& result : results_) {
    result.threads = 2;
    result.probe_time_s /= 1.85;
    result.wall_time_s /= 1.85;
  }
  EXPECT_NEAR(predicted_s(calibrated()), true_s(), 1e-6 * true_s());
}

TEST_F(Calibration, KnowsThatProbesOfTheSameCodesSharedThem) {
  const auto plan = plan_trials(sweep_of("[probe]\nkind = softmax, svm, knn\n"), facts_);
  std::vector<TrialResult> results(plan.size());
  for (std::size_t i = 0; i < plan.size(); ++i) {
    results[i].status = Status::done;
    results[i].threads = 1;
    results[i].started_unix_s = 1e9;
    results[i].probe_time_s = probe_time_s(plan[i].trial, mnist, default_rates(), 3);
    results[i].wall_time_s = results[i].probe_time_s + training_s(plan[i].trial) / 3;
  }
  const Rates rates = calibrated_rates(plan, results, facts_, default_rates());
  for (std::size_t kind = 0; kind < rates.probe.size(); ++kind)
    EXPECT_NEAR(rates.probe[kind], default_rates().probe[kind], 1e-6 * default_rates().probe[kind]) << kind;
}

TEST_F(Calibration, FailedAndMissingTrialsTellNothing) {
  results_[0].status = results_[1].status = Status::failed;
  results_[0].wall_time_s = 1e9;
  results_[2].status = Status::missing;
  EXPECT_EQ(calibrated().n_measured, 1);
  results_[3].status = Status::missing;
  EXPECT_EQ(calibrated().n_measured, 0);
  EXPECT_EQ(calibrated().training, default_rates().training);
}

TEST(Cost, TheDataSetIsItsPixelsInFloats) { EXPECT_EQ(dataset_bytes(mnist), 70000.0 * 784 * 4); }

TEST(Cost, MemoryOfAWideNetHoldsAllItsArraysAtOnce) {
  Trial trial = default_trial();
  trial.n_hidden = 10000;
  trial.optimizer = Optimizer::adam;
  trial.batch = 100;
  const double network = 4.0 * 10000 * 784 * 3;  // weights and two moments
  // Two of: inputs, residuals and packed inputs; z; scratch of one thread.
  const double batches = 2 * 4.0 * ((100 + 100 + 112) * 784 + 112 * 10000 + (17 + 16) * 10000);
  const double codes = 70000.0 * trial.k * trial.alpha * 6;
  const double history = 8.0 * (2 * 10 + 10) * 10001 * 10;
  const double gradients = 4.0 * (16 + 1) * 10001 * 16;
  const double program = 30e6;  // before any trial, as measured
  EXPECT_GE(memory_bytes(trial, mnist), program + network + batches + codes + history + gradients);
}

TEST(Cost, MemoryGrowsWithTheProbesClasses) {
  const DataFacts many_classes{"hash", 784, 300, 50000, 10000, 10000};
  const double history = 8.0 * (2 * 10 + 10) * 1001 * 300;
  const double gradients = 4.0 * (16 + 1) * 1001 * 304;
  EXPECT_GE(memory_bytes(default_trial(), many_classes), history + gradients);
}

// Without labels codes are counted, not kept: ten million samples need their lists of rows alone.
TEST(Cost, MemoryOfSamplesWithoutLabelsDoesNotGrowWithTheirCodes) {
  DataFacts activations{.content_hash = "", .n_inputs = 64, .n_train = 100};
  const double few = memory_bytes(default_trial(), activations);
  activations.n_train += 10'000'000;
  EXPECT_LT(memory_bytes(default_trial(), activations) - few, 10e6 * 20 + 1);
  activations.n_classes = 2;
  EXPECT_GT(memory_bytes(default_trial(), activations), 10e6 * 75 * 6);
}

// They take memory unless they stay in their files.
TEST(Cost, SamplesInFilesTakeNoMemory) {
  DataFacts facts = mnist;
  facts.is_streamed = true;
  EXPECT_EQ(dataset_bytes(facts), 0);
}

TEST(Cost, MemoryHoldsTheOptimisersStateEvenIfNothingIsTrained) {
  Trial trial = default_trial();
  const double usual = memory_bytes(trial, mnist);
  trial.epochs = 0;
  EXPECT_EQ(memory_bytes(trial, mnist), usual);
  trial.kind = ModelKind::random;
  trial.n_hidden = 100000;
  EXPECT_GE(memory_bytes(trial, mnist), 2 * 4.0 * 100000 * 784 + 8.0 * 30 * 100001 * 10);
}

TEST(Cost, ACheckpointIsTheWeightsAndTheirMoments) {
  Trial trial = default_trial();
  trial.n_hidden = 8192;
  trial.tied = false;
  trial.optimizer = Optimizer::adam;
  DataFacts facts = mnist;
  facts.n_inputs = 1024;
  EXPECT_EQ(state_bytes(trial, facts), 3 * 4 * (2 * 8192.0 * 1024 + 8192 + 1024));
  trial.optimizer = Optimizer::sgd;
  EXPECT_EQ(state_bytes(trial, facts), 2 * 4 * (2 * 8192.0 * 1024 + 8192 + 1024));
}

TEST(Cost, MemoryOfAnSvmHoldsCodesByFeatureAndBySampleAndItsDuals) {
  Trial trial = default_trial();
  trial.probe_kind = ProbeKind::svm;
  const double code = trial.k * trial.alpha;
  const double by_feature = 70000 * code * 6, by_sample = 50000 * code * 8, duals = 50000.0 * 16 * 4;
  EXPECT_GE(memory_bytes(trial, mnist), 30e6 + by_feature + by_sample + duals);
  EXPECT_LT(memory_bytes(trial, mnist), 200e6);
}

TEST(Cost, MemoryOfARefittedProbeHoldsBothPartsOnceMore) {
  for (const auto kind : {ProbeKind::softmax, ProbeKind::svm, ProbeKind::knn, ProbeKind::centroid}) {
    Trial trial = default_trial();
    trial.probe_kind = kind;
    const double usual = memory_bytes(trial, mnist);
    trial.probe_refit = true;
    EXPECT_GE(memory_bytes(trial, mnist), usual + 60000 * trial.k * trial.alpha * 6) << int(kind);
  }
}

double memory_with(const std::vector<std::pair<const char*, const char*>>& keys) {
  Trial trial = default_trial();
  for (const auto& [key, value] : keys)
    EXPECT_EQ(set_from_text(*find_key(key), trial, value), std::nullopt) << key;
  return memory_bytes(normalised(trial), mnist);
}

TEST(Cost, MemoryOfAStackHoldsTheCodesThatALayerLearnsFrom) {
  const double codes = 4.0 * 70000 * 1000;
  EXPECT_GE(memory_with({{"model.layers", "1000-200"}}), memory_with({{"model.hidden", "1000"}}) + codes / 2);
  EXPECT_GE(memory_with({{"model.layers", "1000-200"}}), 30e6 + codes);
  EXPECT_LT(memory_with({{"model.layers", "1000-200"}}), 200e6 + codes);
  // While codes are made, those that they are made from are there too.
  EXPECT_GE(memory_with({{"model.layers", "1000-1000-200"}}), 30e6 + 2 * codes);
}

TEST(Cost, MemoryOfFiltersOfDeepCodesHoldsACodeForEachUnit) {
  const double codes = 2 * 4.0 * 10000 * 10000;  // and as a mini-batch
  EXPECT_GE(memory_with({{"model.layers", "100-10000"}}), 30e6 + codes);
  EXPECT_GE(memory_with({{"model.layers", "100-10000"}, {"model.training", "joint"}}), 30e6 + codes);
}

TEST(Cost, MemoryOfModelsThatKeepAllHoldsDenseCodes) {
  const double codes = 4.0 * 70000 * 1000;
  for (const char* kind : {"plain", "wta", "rbm"}) {
    EXPECT_GE(memory_with({{"model.kind", kind}}), 30e6 + codes) << kind;
    EXPECT_LT(memory_with({{"model.kind", kind}}), 200e6 + codes) << kind;
  }
}

TEST(Cost, MemoryOfFineTuningHoldsANetworkOfItsOwn) {
  const double network = 4.0 * 784 * 10000;
  // Tuned, best, begun from, two moments.
  EXPECT_GE(memory_with({{"model.hidden", "10000"}, {"probe.kind", "fine-tune"}}),
            memory_with({{"model.hidden", "10000"}, {"probe.kind", "centroid"}}) + 4 * network);
}

TEST(Cost, MemoryGrowsWithWhatAMiniBatchNeeds) {
  const double usual = memory_with({{"train.batch", "1000"}, {"model.kind", "plain"}});
  const double rows = 2 * 4.0 * 1000 * 784, units = 2 * 4.0 * 1000 * 1000;  // two mini-batches
  EXPECT_GE(memory_with({{"train.batch", "1000"}, {"model.kind", "plain"}, {"model.input_noise", "0.1"}}),
            usual + rows);
  EXPECT_GE(memory_with({{"train.batch", "1000"}, {"model.kind", "plain"}, {"model.dropout", "0.1"}}),
            usual + units);
  EXPECT_GE(memory_with({{"train.batch", "1000"}, {"model.kind", "plain"}, {"model.targets", "classes"}}),
            usual + rows);
}

TEST(Cost, KindsOfModelsTakeTimesLikeThoseMeasured) {
  // Seconds on MNIST, 12 epochs with Adam, 1000 units, one thread of a busy machine.
  const auto seconds = [](const char* kind, const char* dropout) {
    Trial trial = default_trial();
    set_from_text(*find_key("model.kind"), trial, kind);
    set_from_text(*find_key("model.dropout"), trial, dropout);
    trial.epochs = 12;
    trial.optimizer = Optimizer::adam;
    return training_s(normalised(trial));
  };
  EXPECT_NEAR(seconds("plain", "0"), 27, 10);
  EXPECT_NEAR(seconds("plain", "0.5"), 28, 10);
  EXPECT_NEAR(seconds("rbm", "0"), 35, 15);
}

// Where few units are kept, the largest are searched, and the pre-activations of all are never stored.
TEST(Cost, MemoryOfLargeMiniBatchesDoesNotHoldAllPreActivationsOfAWideNet) {
  const auto bytes = [](int batch) {
    Trial trial = default_trial();
    trial.n_hidden = 16'000;
    trial.k = trial.k_start = 32;
    trial.batch = batch;
    return memory_bytes(trial, mnist);
  };
  EXPECT_LT(bytes(1000) - bytes(100), 900 * 16'000 * 4.0);
}

TEST(Cost, MemoryIsNotWildlyOverestimated) {
  EXPECT_LT(memory_bytes(default_trial(), mnist), 200e6);
  Trial raw = default_trial();
  raw.kind = ModelKind::raw;
  EXPECT_LT(memory_bytes(normalised(raw), mnist), 200e6);  // a sparse copy of at most a third of its pixels
}

TEST(Cost, MemoryOfProbesAfterEpochsIsBesideThatOfTheTraining) {
  EXPECT_GT(memory_with({{"train.optimizer", "adam"}, {"probe.every", "1"}}),
            memory_with({{"train.optimizer", "adam"}}));
}

}  // namespace
}  // namespace ksweep
