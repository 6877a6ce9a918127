#include "sweep/cost.h"

#include <gtest/gtest.h>

#include "core/trial_keys.h"

namespace ksweep {
namespace {

const DataFacts mnist{"hash", 784, 10, 50000, 10000, 10000};

TEST(Cost, AKSparseTrialOnMnistIsPredictedToTakeAboutAMinute) {
  // Dense encode 15.7 us and sparse part 5.9 to 10 us a sample, 50 epochs of 50,000: about 60 s, and the
  // update.
  const double seconds = training_time_s(default_trial(), mnist);
  EXPECT_GT(seconds, 50);
  EXPECT_LT(seconds, 120);
}

TEST(Cost, GrowsWithEverythingThatMakesWork) {
  const double usual = predicted_time_s(default_trial(), mnist);
  const auto with = [&](auto member, auto value) {
    Trial trial = default_trial();
    trial.*member = value;
    return predicted_time_s(trial, mnist);
  };
  EXPECT_GT(with(&Trial::epochs, 51), usual);
  EXPECT_GT(with(&Trial::n_hidden, 2000), usual);
  EXPECT_GT(with(&Trial::k, 26), usual);
  EXPECT_GT(with(&Trial::tied, false), usual);
  EXPECT_GT(with(&Trial::batch, 10), usual);
  EXPECT_GT(with(&Trial::k_schedule, 1.0), usual);
  EXPECT_GT(with(&Trial::probe_every, 10), usual);
  EXPECT_LT(with(&Trial::probe_l2, 1e-3), usual);
}

TEST(Cost, KeepingAllUnitsCostsFiveDenseProducts) {
  Trial trial = default_trial();
  trial.k = trial.n_hidden;
  trial.epochs = 1;
  // 50,000 samples x 5 x 2 x 784 x 1000 flops at 100 GFLOP/s.
  EXPECT_GT(training_time_s(trial, mnist), 3.92);
}

TEST(Cost, BaselinesTrainNothing) {
  Trial trial = default_trial();
  trial.kind = ModelKind::random;
  EXPECT_EQ(training_time_s(normalised(trial), mnist), 0);
  EXPECT_GT(probe_time_s(normalised(trial), mnist), 0);
  trial.kind = ModelKind::raw;
  EXPECT_EQ(training_time_s(normalised(trial), mnist), 0);
  EXPECT_GT(probe_time_s(normalised(trial), mnist), 0);
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
  const double codes = 70000.0 * trial.k * trial.alpha * 8;
  const double history = 8.0 * (2 * 50 + 10) * 10001 * 10;
  const double gradients = 4.0 * (16 + 1) * 10001 * 16;
  const double program = 30e6;  // before any trial, as measured
  EXPECT_GE(memory_bytes(trial, mnist), program + network + batches + codes + history + gradients);
}

TEST(Cost, MemoryGrowsWithTheProbesClasses) {
  const DataFacts many_classes{"hash", 784, 300, 50000, 10000, 10000};
  const double history = 8.0 * (2 * 50 + 10) * 1001 * 300;
  const double gradients = 4.0 * (16 + 1) * 1001 * 304;
  EXPECT_GE(memory_bytes(default_trial(), many_classes), history + gradients);
}

TEST(Cost, MemoryHoldsTheOptimisersStateEvenIfNothingIsTrained) {
  Trial trial = default_trial();
  const double usual = memory_bytes(trial, mnist);
  trial.epochs = 0;
  EXPECT_EQ(memory_bytes(trial, mnist), usual);
  trial.kind = ModelKind::random;
  trial.n_hidden = 100000;
  EXPECT_GE(memory_bytes(trial, mnist), 2 * 4.0 * 100000 * 784 + 8.0 * 110 * 100001 * 10);
}

TEST(Cost, MemoryIsNotWildlyOverestimated) {
  EXPECT_LT(memory_bytes(default_trial(), mnist), 200e6);
  Trial raw = default_trial();
  raw.kind = ModelKind::raw;
  EXPECT_LT(memory_bytes(normalised(raw), mnist), 100e6);  // its samples are the data set's
}

}  // namespace
}  // namespace ksweep
