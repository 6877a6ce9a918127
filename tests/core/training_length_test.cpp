#include "core/training_length.h"

#include <gtest/gtest.h>

#include "core/trial_keys.h"

namespace ksweep {
namespace {

TrainingLength length_of(int epochs, std::int64_t samples) {
  Trial trial = default_trial();
  trial.epochs = epochs;
  trial.samples = samples;
  return {trial, 100, 30};
}

TEST(TrainingLength, OfEpochsIsWholePasses) {
  const TrainingLength length = length_of(3, 0);
  EXPECT_EQ(length.n_epochs(), 3);
  EXPECT_EQ(length.n_samples(), 300);
  EXPECT_EQ(length.n_passes(), 3);
  EXPECT_EQ(length.n_steps(), 12);
  EXPECT_EQ(length.steps_before(2), 8);
  EXPECT_EQ(length.samples_of(2), 100);
}

TEST(TrainingLength, OfSamplesEndsWithinAnEpoch) {
  const TrainingLength length = length_of(3, 250);
  EXPECT_EQ(length.n_epochs(), 3);
  EXPECT_EQ(length.n_passes(), 2.5);
  EXPECT_EQ(length.samples_of(1), 100);
  EXPECT_EQ(length.samples_of(2), 50);
  EXPECT_EQ(length.steps_of(2), 2);
  EXPECT_EQ(length.n_steps(), 10);
}

TEST(TrainingLength, OfSamplesMayBeLessThanAnEpochOrAWholeNumberOfThem) {
  EXPECT_EQ(length_of(0, 40).n_epochs(), 1);
  EXPECT_EQ(length_of(0, 40).n_steps(), 2);
  EXPECT_EQ(length_of(0, 200).n_epochs(), 2);
  EXPECT_EQ(length_of(0, 200).n_steps(), 8);
}

TEST(TrainingLength, OfNoEpochsHasNoSteps) {
  EXPECT_EQ(length_of(0, 0).n_epochs(), 0);
  EXPECT_EQ(length_of(0, 0).n_steps(), 0);
}

}  // namespace
}  // namespace ksweep
