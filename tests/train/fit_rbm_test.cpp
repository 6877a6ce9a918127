#include "train/fit_rbm.h"

#include <cmath>
#include <numeric>

#include "base/errors.h"
#include "data/digits.h"
#include "small_data.h"

namespace ksweep {
namespace {

Trial machine() {
  Trial trial = small_trial();
  trial.kind = ModelKind::rbm;
  trial.n_hidden = 64;
  trial.n_train = 600;
  trial.n_validation = 100;
  trial.n_test = 10;
  trial.learning_rate = 0.05;
  trial.initial_scale = 0.01;
  return normalised(trial);
}

struct Fitted {
  Curves curves;
  std::string weights;
  std::vector<int> told;
};

bool never_stop() { return true; }

Fitted fitted(const Trial& trial, const KeepGoing& keep_going = never_stop,
              const Dataset& data = make_digits(700, 10)) {
  const Split parts = split(trial, data);
  Training training(trial, data, parts, best_kernels(), one_thread);
  Fitted result;
  fit_rbm(training, result.curves, {keep_going},
          [&](int epochs_done) { result.told.push_back(epochs_done); });
  result.weights = weights_sha256(training.network);
  return result;
}

TEST(FitRbm, ErrorFallsOnDigits) {
  Trial trial = machine();
  trial.epochs = 10;
  const Curves curves = fitted(trial).curves;
  EXPECT_LT(curves.train_loss.back(), 0.6 * curves.train_loss.front());
  EXPECT_LT(curves.validation_mse.back(), 0.6 * curves.validation_mse.front());
}

TEST(FitRbm, LearnsByMoreGibbsStepsToo) {
  Trial trial = machine();
  trial.epochs = 5;
  trial.cd_steps = 3;
  const Fitted three = fitted(trial);
  EXPECT_LT(three.curves.train_loss.back(), 0.8 * three.curves.train_loss.front());
  trial.cd_steps = 1;
  EXPECT_NE(fitted(trial).weights, three.weights);
}

TEST(FitRbm, LearnsByPersistentChainsToo) {
  Trial trial = machine();
  trial.epochs = 10;
  trial.persistent = true;
  const Fitted persistent = fitted(trial);
  EXPECT_LT(persistent.curves.train_loss.back(), 0.7 * persistent.curves.train_loss.front());
  EXPECT_LT(persistent.curves.validation_mse.back(), 0.7 * persistent.curves.validation_mse.front());
  trial.persistent = false;
  EXPECT_NE(fitted(trial).weights, persistent.weights);
}

TEST(FitRbm, LearnsWithDroppedUnitsToo) {
  Trial trial = machine();
  trial.epochs = 10;
  const Fitted without = fitted(trial);
  for (const bool persistent : {false, true}) {
    trial.persistent = persistent;
    trial.dropout = 0.3;
    const Fitted dropping = fitted(trial);
    EXPECT_LT(dropping.curves.train_loss.back(), 0.7 * dropping.curves.train_loss.front());
    // With codes scaled by what was left in training.
    EXPECT_LT(dropping.curves.validation_mse.back(), 0.8 * dropping.curves.validation_mse.front());
    EXPECT_GT(dropping.curves.train_loss.back(), without.curves.train_loss.back());
    EXPECT_NE(dropping.weights, without.weights);
  }
}

/// Initial probabilities are near 1 / 2, whatever is dropped.
TEST(FitRbm, CountsActivationsBeforeDropout) {
  Trial trial = machine();
  trial.epochs = 1;
  trial.learning_rate = 0;
  const double before = fitted(trial).curves.l0.at(0);
  trial.dropout = 0.5;
  EXPECT_EQ(fitted(trial).curves.l0.at(0), before);
  EXPECT_EQ(fitted(trial).curves.dead_units.at(0), 0);
}

TEST(FitRbm, CanStartFromTheMeanOfTheInputs) {
  Trial trial = machine();
  trial.visible_bias = VisibleBias::mean;
  const Dataset data = make_digits(700, 10);
  const Split parts = split(trial, data);
  const Training training(trial, data, parts, best_kernels(), one_thread);
  const std::vector<float> first = [&] {
    std::vector<float> column;
    for (const std::uint32_t row : parts.train)
      column.push_back(data.train_samples[row * data.n_inputs() + 100]);
    return column;
  }();
  const double p =
      (std::accumulate(first.begin(), first.end(), 1.0)) / (static_cast<double>(first.size()) + 2);
  EXPECT_NEAR(training.network.visible_bias[100], std::log(p / (1 - p)), 1e-5);
  for (int c = 0; c < data.n_inputs(); ++c) EXPECT_TRUE(std::isfinite(training.network.visible_bias[c])) << c;
}

TEST(FitRbm, TellsOfEachEpoch) {
  const Fitted result = fitted(machine());
  EXPECT_EQ(result.told, (std::vector{1, 2, 3, 4}));
  EXPECT_EQ(result.curves.k, (std::vector<double>{64, 64, 64, 64}));
  for (const double active : result.curves.l0) {
    EXPECT_GT(active, 1);
    EXPECT_LT(active, 64);
  }
}

TEST(FitRbm, CountsUnitsThatAreHardlyEverOnAsDead) {
  Trial trial = machine();
  trial.epochs = 1;
  EXPECT_EQ(fitted(trial).curves.dead_units, (std::vector<double>{0}));
  trial.initial_scale = 30;  // units are on or off for good
  trial.learning_rate = 0;
  trial.n_train = 100;
  trial.n_validation = 30;
  const double dead = fitted(trial, never_stop, small_dataset()).curves.dead_units[0];
  EXPECT_GT(dead, 5);
  EXPECT_LT(dead, 60);
}

/// Dead units of 64 that are on with this probability whatever the sample.
double dead_of(double probability) {
  Trial trial = machine();
  trial.epochs = 1;
  trial.learning_rate = 0;
  trial.initial_scale = 0;
  const Dataset data = make_digits(700, 10);
  const Split parts = split(trial, data);
  Training training(trial, data, parts, best_kernels(), one_thread);
  for (int unit = 0; unit < trial.n_hidden; ++unit)
    training.network.hidden_bias[unit] = static_cast<float>(std::log(probability / (1 - probability)));
  Curves curves;
  fit_rbm(training, curves, {never_stop}, [](int) {});
  return curves.dead_units.at(0);
}

TEST(FitRbm, CountsUnitsAsDeadBelowAMeanProbabilityOfAHundredth) {
  EXPECT_EQ(dead_of(0.009), 64);
  EXPECT_EQ(dead_of(0.011), 0);
}

TEST(FitRbm, StopsWhenAskedTo) {
  int n_calls = 0;
  EXPECT_THROW(fitted(machine(), [&] { return ++n_calls < 10; }), Interrupted);  // within the first epoch
  EXPECT_EQ(n_calls, 10);
}

}  // namespace
}  // namespace ksweep
