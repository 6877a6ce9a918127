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

TEST(Cost, MemoryHoldsWeightsGradientAndMomentum) {
  // 1000 x 784 weights of 4 bytes, three times, at the least.
  EXPECT_GT(memory_bytes(default_trial(), mnist), 3 * 3.136e6);
  EXPECT_LT(memory_bytes(default_trial(), mnist), 1e9);
}

}  // namespace
}  // namespace ksweep
