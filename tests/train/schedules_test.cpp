#include "train/schedules.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/trial_keys.h"
#include "model/rules.h"

namespace ksweep {
namespace {

Trial trial_with_k(int k_start, int k, double k_schedule) {
  Trial trial = default_trial();
  trial.n_hidden = 1000;
  trial.epochs = 10;
  trial.k_start = k_start;
  trial.k = k;
  trial.k_schedule = k_schedule;
  return trial;
}

std::vector<int> k_of_all_epochs(const Trial& trial) {
  std::vector<int> all;
  for (int epoch = 0; epoch < trial.epochs; ++epoch) all.push_back(k_of_epoch(trial, epoch));
  return all;
}

TEST(KOfEpoch, FallsLinearlyOverTheFirstHalfAndThenStays) {
  EXPECT_EQ(k_of_all_epochs(trial_with_k(100, 25, 0.5)),
            (std::vector{100, 85, 70, 55, 40, 25, 25, 25, 25, 25}));
}

TEST(KOfEpoch, IsKFromTheStartWithoutSchedule) {
  EXPECT_EQ(k_of_all_epochs(trial_with_k(100, 25, 0)), std::vector(10, 25));
}

TEST(KOfEpoch, NeverStartsBelowK) {
  EXPECT_EQ(k_of_all_epochs(trial_with_k(10, 25, 0.5)), std::vector(10, 25));
}

TEST(KOfEpoch, NeverExceedsTheHiddenUnits) {
  Trial trial = trial_with_k(100, 25, 0.5);
  trial.n_hidden = 50;
  EXPECT_EQ(k_of_all_epochs(trial), (std::vector{50, 45, 40, 35, 30, 25, 25, 25, 25, 25}));
}

TEST(KOfEpoch, ReachesKOnlyAfterTheLastEpochIfTheScheduleTakesAll) {
  EXPECT_EQ(k_of_all_epochs(trial_with_k(110, 10, 1)),
            (std::vector{110, 100, 90, 80, 70, 60, 50, 40, 30, 20}));
}

TEST(KOfStep, IsThatOfTheEpochUnlessTheLengthIsGivenInSamples) {
  const Trial trial = trial_with_k(100, 25, 0.5);
  const TrainingLength length(trial, 40, 10);
  for (const int epoch : {0, 3, 9})
    for (const int step : {0, 3}) EXPECT_EQ(k_of_step(trial, length, epoch, step), k_of_epoch(trial, epoch));
}

TEST(KOfStep, FallsFromMiniBatchToMiniBatchOverAShareOfAllOfThem) {
  Trial trial = trial_with_k(100, 20, 0.5);
  trial.samples = 60;  // an epoch and a half: 4 and 2 mini-batches, of which 3 have a larger k
  const TrainingLength length(trial, 40, 10);
  std::vector<int> all;
  for (int epoch = 0; epoch < length.n_epochs(); ++epoch)
    for (int step = 0; step < length.steps_of(epoch); ++step)
      all.push_back(k_of_step(trial, length, epoch, step));
  EXPECT_EQ(all, (std::vector{100, 73, 47, 20, 20, 20}));
}

TEST(KOfStep, FallsWithinATrainingThatIsShorterThanAnEpoch) {
  Trial trial = trial_with_k(100, 20, 1);
  trial.samples = 40;
  const TrainingLength length(trial, 1000, 10);
  EXPECT_EQ(length.n_epochs(), 1);
  EXPECT_EQ(k_of_step(trial, length, 0, 0), 100);
  EXPECT_EQ(k_of_step(trial, length, 0, 3), 40);
}

TEST(UpdateRule, LearningRateFollowsItsSchedule) {
  Trial trial = default_trial();
  trial.learning_rate = 0.8;
  trial.rate_schedule = RateSchedule::constant;
  EXPECT_FLOAT_EQ(update_rule(optimizer_settings(trial), 75, 100).rate, 0.8f);
  trial.rate_schedule = RateSchedule::linear;
  EXPECT_FLOAT_EQ(update_rule(optimizer_settings(trial), 0, 100).rate, 0.8f);
  EXPECT_FLOAT_EQ(update_rule(optimizer_settings(trial), 75, 100).rate, 0.2f);
  trial.rate_schedule = RateSchedule::cosine;
  EXPECT_FLOAT_EQ(update_rule(optimizer_settings(trial), 0, 100).rate, 0.8f);
  EXPECT_FLOAT_EQ(update_rule(optimizer_settings(trial), 50, 100).rate, 0.4f);
}

TEST(UpdateRule, LearningRateRisesLinearlyWhileItWarmsUp) {
  OptimizerSettings settings{.learning_rate = 0.8, .warmup = 0.25};
  EXPECT_FLOAT_EQ(update_rule(settings, 0, 100).rate, 0.8f / 25);
  EXPECT_FLOAT_EQ(update_rule(settings, 11, 100).rate, 0.8f * 12 / 25);
  EXPECT_FLOAT_EQ(update_rule(settings, 24, 100).rate, 0.8f);
  EXPECT_FLOAT_EQ(update_rule(settings, 99, 100).rate, 0.8f);
  settings.schedule = RateSchedule::linear;
  EXPECT_FLOAT_EQ(update_rule(settings, 9, 100).rate, 0.8f * 0.91f * 10 / 25);
  settings.warmup = 0.001;  // less than a step
  EXPECT_FLOAT_EQ(update_rule(settings, 0, 100).rate, 0.8f);
}

TEST(UpdateRule, LearningRateFallsLinearlyToZeroWhileItCoolsDown) {
  OptimizerSettings settings{.learning_rate = 0.8, .cooldown = 0.2};
  EXPECT_FLOAT_EQ(update_rule(settings, 0, 100).rate, 0.8f);
  EXPECT_FLOAT_EQ(update_rule(settings, 80, 100).rate, 0.8f);
  EXPECT_FLOAT_EQ(update_rule(settings, 90, 100).rate, 0.4f);
  EXPECT_FLOAT_EQ(update_rule(settings, 99, 100).rate, 0.8f / 20);  // 0 after the last step
  settings.schedule = RateSchedule::linear;
  EXPECT_FLOAT_EQ(update_rule(settings, 90, 100).rate, 0.8f * 0.1f * 0.5f);
}

TEST(UpdateRule, LearningRateIsThatOf16384UnitsIfItIsScaledByThem) {  // Gao et al. 2024, appendix A.3
  Trial trial = default_trial();
  trial.learning_rate = 0.01;
  trial.rate_schedule = RateSchedule::constant;
  trial.n_hidden = 1024;
  EXPECT_FLOAT_EQ(update_rule(optimizer_settings(trial), 0, 100).rate, 0.01f);
  trial.rate_scaling = RateScaling::units;
  EXPECT_FLOAT_EQ(update_rule(optimizer_settings(trial), 0, 100).rate, 0.04f);
  trial.n_hidden = 1 << 14;
  EXPECT_FLOAT_EQ(update_rule(optimizer_settings(trial), 0, 100).rate, 0.01f);
}

TEST(UpdateRule, MomentumMovesLinearlyOverAShareOfTheSteps) {
  Trial trial = default_trial();
  trial.optimizer = Optimizer::sgd;
  trial.momentum = 0.9;
  trial.momentum_start = 0.5;
  EXPECT_EQ(update_rule(optimizer_settings(trial), 0, 100).momentum, 0.9f);
  trial.momentum_schedule = 0.4;
  EXPECT_EQ(update_rule(optimizer_settings(trial), 0, 100).momentum, 0.5f);
  EXPECT_FLOAT_EQ(update_rule(optimizer_settings(trial), 10, 100).momentum, 0.6f);
  EXPECT_EQ(update_rule(optimizer_settings(trial), 40, 100).momentum, 0.9f);
  EXPECT_EQ(update_rule(optimizer_settings(trial), 99, 100).momentum, 0.9f);
}

TEST(UpdateRule, AdamCorrectsTheBiasOfItsFirstSteps) {  // 1 - beta^t, Kingma & Ba 2015, algorithm 1
  Trial trial = default_trial();
  trial.optimizer = Optimizer::adam;
  trial.momentum = 0.9;
  const UpdateRule first = update_rule(optimizer_settings(trial), 0, 100),
                   third = update_rule(optimizer_settings(trial), 2, 100);
  EXPECT_EQ(first.optimizer, Optimizer::adam);
  EXPECT_FLOAT_EQ(first.correction1, 0.1f);
  // beta2 is 0.999 rounded to single precision, as in the kernels: the first step is then exactly the rate.
  EXPECT_FLOAT_EQ(first.correction2, 1 - 0.999f);
  EXPECT_FLOAT_EQ(third.correction1, 0.271f);
  EXPECT_FLOAT_EQ(third.correction2, static_cast<float>(1 - double{0.999f} * 0.999f * 0.999f));
}

TEST(SettingsOfEpoch, HasTheRuleOfItsKindButForTheKLargestOfASampleWithoutDropout) {
  Trial trial = default_trial();
  for (const ModelKind kind : {ModelKind::batch_topk, ModelKind::wta, ModelKind::plain, ModelKind::k_sparse})
    for (const double dropout : {0.0, 0.5}) {
      trial.kind = kind;
      trial.dropout = dropout;
      const bool has_a_way_of_its_own = kind == ModelKind::k_sparse && dropout == 0;
      EXPECT_EQ(settings_of_epoch(trial, 0, 64).rule, has_a_way_of_its_own ? nullptr : sparsity_rule(kind))
          << static_cast<int>(kind) << ", " << dropout;
    }
}

TEST(SettingsOfEpoch, IsWhatTheKeysSay) {
  Trial trial = trial_with_k(100, 25, 0.5);
  trial.lifetime = 0.125;
  trial.dropout = 0.25;
  trial.input_noise = 0.375;
  trial.aux_units = 7;
  trial.aux_weight = 0.75;
  trial.seed = 5;
  const EpochSettings settings = settings_of_epoch(trial, 3, 64);
  EXPECT_EQ(settings.k, 55);
  EXPECT_EQ(settings.lifetime, 0.125);
  EXPECT_EQ(settings.dropout, 0.25);
  EXPECT_EQ(settings.input_noise, 0.375);
  EXPECT_EQ(settings.aux_units, 7);
  EXPECT_EQ(settings.aux_weight, 0.75f);
  EXPECT_EQ(settings.seed, 5u);
  EXPECT_EQ(settings.epoch, 3u);
}

TEST(SettingsOfEpoch, HelpsNoDeadUnitsWithoutAWeight) {
  Trial trial = default_trial();
  trial.aux_units = 7;
  trial.aux_weight = 0;
  EXPECT_EQ(settings_of_epoch(trial, 0, 64).aux_units, 0);
}

TEST(SettingsOfEpoch,
     HelpsDeadUnitsAsManyAsHalfOfTheInputsUnlessTheirNumberIsGiven) {  // Gao et al. 2024, A.2
  Trial trial = default_trial();
  trial.aux_units = 0;
  trial.aux_weight = 0.5;
  trial.aux_loss = AuxLoss::normalised;
  EXPECT_EQ(settings_of_epoch(trial, 0, 64).aux_units, 32);
  EXPECT_EQ(settings_of_epoch(trial, 0, 1).aux_units, 1);
  EXPECT_EQ(settings_of_epoch(trial, 0, 64).aux_loss, AuxLoss::normalised);
}

TEST(SettingsOfRule, KeepsWhatTheTrainingEndsWith) {
  Trial trial = trial_with_k(100, 25, 0.5);
  trial.kind = ModelKind::wta;
  trial.lifetime = 0.125;
  EXPECT_EQ(settings_of_rule(trial).rule, sparsity_rule(ModelKind::wta));
  EXPECT_EQ(settings_of_rule(trial).lifetime, 0.125);
  trial.kind = ModelKind::batch_topk;
  EXPECT_EQ(settings_of_rule(trial).k, 25);
}

TEST(PenaltyRule, IsWhatTheKeysSay) {
  Trial trial = default_trial();
  trial.penalty = Penalty::kl;
  trial.sparsity_weight = 0.5;
  trial.sparsity_target = 0.125;
  const PenaltyRule rule = penalty_rule(trial);
  EXPECT_EQ(rule.kind, Penalty::kl);
  EXPECT_EQ(rule.weight, 0.5f);
  EXPECT_EQ(rule.target, 0.125f);
}

TEST(OrderOfEpoch, IsAnotherOneInEachEpochAndForEachSeed) {
  EXPECT_EQ(order_of_epoch(1, 100, 2), order_of_epoch(1, 100, 2));
  EXPECT_NE(order_of_epoch(1, 100, 2), order_of_epoch(1, 100, 3));
  EXPECT_NE(order_of_epoch(1, 100, 2), order_of_epoch(2, 100, 2));
}

TEST(RowsOfEpoch, AreTheFirstOnesOfItsOrderInAnEpochThatEndsEarly) {
  const std::vector<std::uint32_t> train{40, 30, 70, 60};
  Trial whole = default_trial(), cut = whole;
  cut.samples = 7;
  const auto all = rows_of_epoch(whole, train, {whole, 4, 2}, 1),
             some = rows_of_epoch(cut, train, {cut, 4, 2}, 1);
  EXPECT_EQ(some, std::vector(all.begin(), all.begin() + 3));
  EXPECT_EQ(rows_of_epoch(cut, train, {cut, 4, 2}, 0).size(), 4u);
}

TEST(RowsOfEpoch, AreThoseOfTheTrainingPart) {
  const std::vector<std::uint32_t> train{40, 30, 70, 60};
  EXPECT_TRUE(
      std::ranges::is_permutation(rows_of_epoch(default_trial(), train, {default_trial(), 4, 2}, 1), train));
}

}  // namespace
}  // namespace ksweep
