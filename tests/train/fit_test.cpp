#include "train/fit.h"

#include <cmath>

#include "base/errors.h"
#include "small_data.h"
#include "train/evaluate.h"
#include "train/schedules.h"

namespace ksweep {
namespace {

bool never_stop() { return true; }

struct Fitted {
  Curves curves;
  std::string weights;
};

Fitted fitted(const Trial& trial, const Dataset& data) {
  const Split parts = split(trial, data);
  Training training(trial, data, parts, best_kernels(), one_thread);
  Fitted result;
  fit(training, result.curves, {}, [](int) {});
  result.weights = weights_sha256(training.network);
  return result;
}

TEST(Fit, LossFalls) {
  Trial trial = small_trial();
  trial.epochs = 10;
  for (const Optimizer optimizer : {Optimizer::sgd, Optimizer::adam}) {
    trial.optimizer = optimizer;
    const auto loss = fitted(trial, small_dataset()).curves.train_loss;
    EXPECT_LT(loss.back(), 0.5 * loss.front());
  }
}

TEST(Fit, LearnsNothingAtLearningRateZero) {
  Trial trial = small_trial();
  trial.learning_rate = 0;
  EXPECT_EQ(fitted(trial, small_dataset()).weights, weights_sha256(initial_network(trial, 25)));
}

TEST(Fit, TheFirstLossIsThatOfTheInitialNetwork) {
  Trial trial = small_trial();
  trial.learning_rate = 0;
  trial.k_schedule = 0;
  const Dataset data = small_dataset();
  const Split parts = split(trial, data);
  Training training(trial, data, parts, best_kernels(), one_thread);
  const Reconstruction initial =
      reconstruction(training, data.train_samples, parts.train, Kept::of_sample, never_stop);
  const auto loss = fitted(trial, data).curves.train_loss;
  EXPECT_NEAR(loss.front(), initial.squared_error / 2 / 120, 1e-6 * loss.front());
}

TEST(Fit, TheLossHoldsTheMeanPenaltyOfASampleWhateverTheMiniBatch) {
  Trial trial = small_trial();
  trial.learning_rate = 0;
  trial.k_schedule = 0;
  const Dataset data = small_dataset();
  const double without = fitted(trial, data).curves.train_loss.front();
  trial.penalty = Penalty::l1;
  trial.sparsity_weight = 0.5;
  trial.batch = 120;
  const Split parts = split(trial, data);
  Training training(trial, data, parts, best_kernels(), one_thread);
  training.batch.load(data.train_samples, data.n_inputs(), parts.train);
  training.batch.encode(training.network, 120, trial.k);
  const double expected = training.batch.penalty(penalty_rule(trial));
  for (const int batch : {120, 60, 7}) {
    trial.batch = batch;
    EXPECT_NEAR(fitted(trial, data).curves.train_loss.front() - without, expected, 1e-5 * expected) << batch;
  }
}

TEST(Fit, SeedsDifferAndOneSeedIsAlwaysTheSame) {
  const Dataset data = small_dataset();
  Trial other = small_trial();
  other.seed = 1;
  EXPECT_EQ(fitted(small_trial(), data).weights, fitted(small_trial(), data).weights);
  EXPECT_NE(fitted(small_trial(), data).weights, fitted(other, data).weights);
}

TEST(Fit, EveryEpochHasAnotherBatchOrder) {
  // With learning rate 0 two epochs see the same network and samples; only the order of summation differs.
  Trial trial = small_trial();
  trial.learning_rate = 0;
  trial.k_schedule = 0;
  trial.penalty = Penalty::kl;  // depends on which samples share a mini-batch
  trial.activation = Activation::sigmoid;
  trial.sparsity_weight = 1;
  const auto loss = fitted(trial, small_dataset()).curves.train_loss;
  EXPECT_NE(loss[0], loss[1]);
  EXPECT_NEAR(loss[0], loss[1], 0.01 * loss[0]);
}

TEST(Fit, CurvesHaveOneEntryForEachEpoch) {
  const Curves curves = fitted(small_trial(), small_dataset()).curves;
  EXPECT_EQ(curves.k, (std::vector<double>{20, 12, 4, 4}));  // k_start is cut to the 20 units
  EXPECT_EQ(curves.l0, curves.k);                            // linear units are never zero
  for (const auto* curve : {&curves.train_loss, &curves.validation_mse, &curves.dead_units})
    EXPECT_EQ(curve->size(), 4u);
}

TEST(Fit, StartsWithTheMeanOfTheTrainingPartAsTheBiasOfTheDecoderIfAsked) {
  Trial trial = small_trial();
  trial.visible_bias = VisibleBias::mean;
  const Dataset data = small_dataset();
  const Split parts = split(trial, data);
  const Training training(trial, data, parts, best_kernels(), one_thread);
  for (int c = 0; c < data.n_inputs(); ++c) {
    double mean = 0;
    for (const std::uint32_t row : parts.train)
      mean += double{data.train_samples[row * std::size_t{25} + static_cast<std::size_t>(c)]} / 120;
    EXPECT_NEAR(training.network.visible_bias[c], mean, 1e-6);
  }
  EXPECT_EQ(training.network.visible_bias[data.n_inputs()], 0) << "padding";
  Trial drawn = trial;
  drawn.visible_bias = VisibleBias::drawn;
  Network other = initial_network(drawn, 25);
  EXPECT_TRUE(std::ranges::equal(training.network.encoder.span(), other.encoder.span()));
  EXPECT_NE(fitted(trial, data).weights, fitted(drawn, data).weights);
}

TEST(Fit, StartsFromTheWeightsThatItIsGiven) {
  Trial trial = small_trial();
  trial.tied = false;
  trial.visible_bias = VisibleBias::mean;
  const Dataset data = small_dataset();
  const Split parts = split(trial, data);
  AutoencoderWeights start = unpadded(Training(trial, data, parts, best_kernels(), one_thread).network);
  start.encoder[3] = 0.75f;
  start.decoder[4] = -0.5f;
  start.hidden_bias[5] = 0.25f;
  start.visible_bias[6] = 2;
  const Training training(trial, data, parts, best_kernels(), one_thread, 0, &start);
  const AutoencoderWeights begun = unpadded(training.network);
  EXPECT_EQ(begun.encoder, start.encoder);
  EXPECT_EQ(begun.decoder, start.decoder);
  EXPECT_EQ(begun.hidden_bias, start.hidden_bias);
  EXPECT_EQ(begun.visible_bias, start.visible_bias);
}

TEST(Fit, WaitsForUnitsToBeDeadForAsManySamplesAsItIsTold) {
  Trial trial = small_trial();
  trial.activation = Activation::relu;
  trial.k = 1;
  trial.k_start = 0;
  trial.aux_weight = 1;
  trial.aux_units = 5;
  const Dataset data = small_dataset();
  const std::string of_an_epoch = fitted(trial, data).weights;
  trial.dead_after = 120;
  EXPECT_EQ(fitted(trial, data).weights, of_an_epoch);
  trial.dead_after = 28;  // a mini-batch
  EXPECT_NE(fitted(trial, data).weights, of_an_epoch);
  trial.dead_after = std::int64_t{1} << 40;
  const std::string never = fitted(trial, data).weights;
  trial.aux_weight = 0;
  EXPECT_EQ(fitted(trial, data).weights, never);
}

TEST(Fit, OfAsManySamplesAsTwoEpochsIsATrainingOfTwoEpochs) {
  Trial by_epochs = small_trial(), by_samples = small_trial();
  by_epochs.k_start = by_samples.k_start = 0;
  by_epochs.epochs = 2;
  by_samples.epochs = 0;
  by_samples.samples = 240;
  for (Trial* trial : {&by_epochs, &by_samples}) {
    trial->rate_schedule = RateSchedule::cosine;
    trial->warmup = 0.3;
    trial->cooldown = 0.5;
  }
  const Dataset data = small_dataset();
  const Fitted expected = fitted(by_epochs, data), found = fitted(by_samples, data);
  EXPECT_EQ(found.weights, expected.weights);
  EXPECT_EQ(found.curves.train_loss, expected.curves.train_loss);
  EXPECT_EQ(found.curves.samples, (std::vector<double>{120, 240}));
  EXPECT_EQ(expected.curves.samples, found.curves.samples);
}

TEST(Fit, HasAPointOfItsCurvesWhereItEndsWithinAnEpoch) {
  Trial trial = small_trial();
  trial.epochs = 0;
  trial.k = 4;
  trial.k_start = 20;
  const Dataset data = small_dataset();
  for (const auto& [samples, points] : std::vector<std::pair<std::int64_t, std::vector<double>>>{
           {30, {30}}, {120, {120}}, {121, {120, 121}}, {270, {120, 240, 270}}}) {
    trial.samples = samples;
    const Curves curves = fitted(trial, data).curves;
    EXPECT_EQ(curves.samples, points);
    EXPECT_EQ(curves.k.back(), 4);  // reached after half of the mini-batches
    for (const auto* curve :
         {&curves.train_loss, &curves.validation_mse, &curves.l0, &curves.dead_units, &curves.k})
      EXPECT_EQ(curve->size(), points.size());
  }
}

TEST(Fit, TheLossOfAnEpochThatEndsEarlyIsTheMeanOverItsSamples) {
  Trial trial = small_trial();
  trial.learning_rate = 0;
  trial.k_start = 0;
  const Dataset data = small_dataset();
  const double whole = fitted(trial, data).curves.train_loss[0];
  trial.samples = 60;
  EXPECT_NEAR(fitted(trial, data).curves.train_loss[0], whole, 0.1 * whole);
}

TEST(Fit, TellsWhenItDiverges) {
  Trial trial = small_trial();
  trial.learning_rate = 1e9;
  try {
    fitted(trial, small_dataset());
    FAIL() << "no exception";
  } catch (const Diverged& diverged) {
    EXPECT_EQ(diverged.epoch, 1);
    EXPECT_THAT(diverged.reason, testing::HasSubstr("lower train.learning_rate (1e9)"));
  }
}

TEST(Fit, TellsWhenOnlyTheVeryLastUpdateDiverges) {
  Trial trial = small_trial();
  trial.epochs = 1;
  trial.batch = 120;  // one update in all: no loss is computed after it
  trial.learning_rate = 1e30;
  EXPECT_THROW(fitted(trial, small_dataset()), Diverged);
}

TEST(Fit, StopsWithinAMiniBatchWhenAsked) {
  const Dataset data = small_dataset();
  const Trial trial = small_trial();
  const Split parts = split(trial, data);
  Training training(trial, data, parts, best_kernels(), one_thread);
  Curves curves;
  int calls = 0;
  EXPECT_THROW(fit(training, curves, {[&] { return ++calls < 3; }}, [](int) {}), Interrupted);
  EXPECT_EQ(calls, 3);
}

}  // namespace
}  // namespace ksweep
