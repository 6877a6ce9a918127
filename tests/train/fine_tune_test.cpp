#include "train/fine_tune.h"

#include "base/errors.h"
#include "small_data.h"
#include "train/diverged.h"

namespace ksweep {
namespace {

/// Untrained: what only the output layer, or all layers, make of it is to be told apart.
Layers random_encoder(int n_layers = 1) {
  Trial trial = small_trial();
  Layers layers;
  for (int i = 0; i < n_layers; ++i)
    layers.push_back(encoder_layer(initial_network(trial, i == 0 ? 25 : trial.n_hidden)));
  return layers;
}

FineTuning short_tuning() {
  FineTuning tuning;
  tuning.epochs = 6;
  tuning.batch = 28;
  tuning.learning_rate = 0.01;
  return tuning;
}

FineTuned tuned(const FineTuning& tuning, int n_threads = 1, int n_layers = 1, int n_validation = 30) {
  const Dataset data = small_dataset();
  Trial trial = small_trial();
  trial.n_validation = n_validation;
  const Team team(n_threads);
  return fine_tune(random_encoder(n_layers), data, parts_of(trial, data), tuning, settings(team));
}

TEST(FineTuning, LearnsToTellTheClassesApart) {
  for (const int n_layers : {1, 2}) {
    const FineTuned result = tuned(short_tuning(), 1, n_layers);
    EXPECT_GT(result.accuracies.test.overall, 0.95);
    EXPECT_GT(result.accuracies.train.overall, 0.95);
    EXPECT_GT(result.accuracies.validation.overall, 0.9);
    EXPECT_EQ(result.accuracies.test.per_class.size(), 3u);
    EXPECT_EQ(result.accuracies.test.confusion.size(), 9u);
    EXPECT_GE(result.best_epoch, 1);
    EXPECT_LE(result.best_epoch, 6);
  }
}

TEST(FineTuning, OfNoEpochsSaysTheFirstClass) {
  FineTuning none = short_tuning();
  none.epochs = 0;
  const FineTuned result = tuned(none);
  EXPECT_EQ(result.best_epoch, 0);
  EXPECT_EQ(result.accuracies.test.per_class, (std::vector<double>{1, 0, 0}));
}

TEST(FineTuning, CountsTheEpochThatWasBestOnValidation) {
  FineTuning good = short_tuning();
  good.output_epochs = 6;
  good.epochs = 0;
  good.learning_rate = 1;  // which the output layer bears, and the encoder does not
  FineTuning spoilt = good;
  spoilt.epochs = 1;
  const FineTuned best = tuned(good), all = tuned(spoilt);
  EXPECT_GT(best.accuracies.validation.overall, 0.6);
  EXPECT_EQ(all.best_epoch, best.best_epoch);
  EXPECT_EQ(all.accuracies.train.confusion, best.accuracies.train.confusion);
}

TEST(FineTuning, OfEquallyGoodEpochsCountsTheFirst) {
  FineTuning still = short_tuning();
  still.learning_rate = 0;
  EXPECT_EQ(tuned(still).best_epoch, 1);
}

TEST(FineTuning, WithoutValidationCountsTheLastEpoch) {
  const FineTuned result = tuned(short_tuning(), 1, 1, -1);
  EXPECT_EQ(result.best_epoch, 6);
  EXPECT_TRUE(std::isnan(result.accuracies.validation.overall));
}

TEST(FineTuning, RefittedLearnsFromBothPartsUpToTheEpochThatWasBest) {
  FineTuning once = short_tuning();
  once.epochs = 1;
  once.learning_rate = 1e-3;
  FineTuning refit = once;
  refit.refit = true;
  const FineTuned choice = tuned(once), result = tuned(refit);
  EXPECT_EQ(result.best_epoch, 1);
  EXPECT_EQ(result.accuracies.train.confusion, choice.accuracies.train.confusion);
  EXPECT_EQ(result.accuracies.validation.confusion, choice.accuracies.validation.confusion);

  const Dataset data = small_dataset();
  TrialParts both = parts_of(small_trial(), data);
  both.split.train.insert(both.split.train.end(), both.split.validation.begin(), both.split.validation.end());
  both.train_labels.insert(both.train_labels.end(), both.validation_labels.begin(),
                           both.validation_labels.end());
  both.split.validation.clear();
  both.validation_labels.clear();
  const Team team(1);
  const FineTuned on_both = fine_tune(random_encoder(), data, both, once, settings(team));
  EXPECT_EQ(result.accuracies.test.confusion, on_both.accuracies.test.confusion);
  EXPECT_NE(result.accuracies.test.confusion, choice.accuracies.test.confusion);
}

TEST(FineTuning, RefittedStopsAfterTheEpochThatWasBest) {
  FineTuning spoilt = short_tuning();
  spoilt.output_epochs = 6;
  spoilt.epochs = 1;
  spoilt.learning_rate = 1;  // which the output layer bears, and the encoder does not
  spoilt.refit = true;
  const FineTuned result = tuned(spoilt);
  EXPECT_LE(result.best_epoch, 6);
  EXPECT_GT(result.accuracies.test.overall, 0.6);
}

TEST(FineTuning, RefittedWithoutValidationIsNotRefitted) {
  FineTuning refit = short_tuning();
  refit.refit = true;
  EXPECT_EQ(tuned(refit, 1, 1, -1).accuracies.test.confusion,
            tuned(short_tuning(), 1, 1, -1).accuracies.test.confusion);
}

TEST(FineTuning, CanLetTheOutputLayerLearnAloneFirst) {
  FineTuning both = short_tuning();
  both.epochs = 0;
  both.output_epochs = 6;
  const FineTuned alone = tuned(both);
  EXPECT_GT(alone.accuracies.test.overall, 0.6);
  EXPECT_GE(alone.best_epoch, 1);
  EXPECT_LE(alone.best_epoch, 6);
  EXPECT_EQ(tuned(both, 1, 1, -1).best_epoch, 6);  // without a validation part the last epoch counts
  both.epochs = 6;
  EXPECT_EQ(tuned(both, 1, 1, -1).best_epoch, 12);
  EXPECT_GE(tuned(both).accuracies.validation.overall, alone.accuracies.validation.overall);
}

TEST(FineTuning, ChangesWithEachOfItsSettings) {
  const auto change = [](auto&& how) {
    FineTuning tuning = short_tuning();
    tuning.epochs = 1;
    tuning.learning_rate = 1e-3;
    how(tuning);
    return tuned(tuning).accuracies.train.confusion;
  };
  const auto before = change([](FineTuning&) {});
  EXPECT_NE(change([](FineTuning& t) { t.epochs = 2; }), before);
  EXPECT_NE(change([](FineTuning& t) { t.output_epochs = 1; }), before);
  EXPECT_NE(change([](FineTuning& t) { t.batch = 7; }), before);
  EXPECT_NE(change([](FineTuning& t) { t.learning_rate = 1e-2; }), before);
  EXPECT_NE(change([](FineTuning& t) { t.dropout = 0.5; }), before);
  EXPECT_NE(change([](FineTuning& t) { t.input_noise = 0.5; }), before);
  EXPECT_NE(change([](FineTuning& t) { t.k = 3; }), before);
  EXPECT_NE(change([](FineTuning& t) { t.weight_average = 0.99; }), before);
  EXPECT_NE(change([](FineTuning& t) { t.weight_decay = 100; }), before);
  EXPECT_NE(change([](FineTuning& t) { t.max_norm = 0.1; }), before);
  EXPECT_NE(change([](FineTuning& t) { t.features_rate = 10; }), before);
  EXPECT_NE(change([](FineTuning& t) { t.seed = 1; }), before);
}

TEST(FineTuning, OfFeaturesWithoutARateTrainsTheOutputLayerAlone) {
  FineTuning all = short_tuning();
  all.epochs = 1;
  all.learning_rate = 1e-3;
  FineTuning still = all, alone = all;
  still.features_rate = 0;
  alone.output_epochs = 1;
  alone.epochs = 0;
  EXPECT_EQ(tuned(still).accuracies.train.confusion, tuned(alone).accuracies.train.confusion);
  EXPECT_NE(tuned(all).accuracies.train.confusion, tuned(alone).accuracies.train.confusion);
}

TEST(FineTuning, HasTheSameBitsOnAnyNumberOfThreads) {
  FineTuning tuning = short_tuning();
  tuning.dropout = tuning.input_noise = 0.2;
  tuning.k = 5;
  tuning.batch = 100;
  const FineTuned alone = tuned(tuning);
  for (const int n_threads : {2, 3}) {
    const FineTuned together = tuned(tuning, n_threads);
    EXPECT_EQ(together.accuracies.train.confusion, alone.accuracies.train.confusion);
    EXPECT_EQ(together.best_epoch, alone.best_epoch);
  }
}

TEST(FineTuning, ThatDivergesSaysSo) {
  FineTuning tuning = short_tuning();
  tuning.learning_rate = 1e38;
  try {
    tuned(tuning);
    FAIL();
  } catch (const Diverged& diverged) {
    EXPECT_THAT(diverged.reason, testing::HasSubstr("lower probe.learning_rate (1e38)"));
  }
}

TEST(FineTuning, IsInterruptedWheneverItIsAskedTo) {
  const Dataset data = small_dataset();
  const TrialParts parts = parts_of(small_trial(), data);
  for (int last = 1; last <= 30; last += 3) {
    int calls = 0;
    TrainSettings stopping = settings();
    stopping.keep_going = [&] { return ++calls < last; };
    EXPECT_THROW(fine_tune(random_encoder(), data, parts, short_tuning(), stopping), Interrupted) << last;
  }
}

TEST(FineTuning, IsAskedForByTheProbesKeys) {
  Trial trial = small_trial();
  trial.probe_epochs = 3;
  trial.probe_batch = 7;
  trial.probe_learning_rate = 0.5;
  trial.probe_dropout = 0.25;
  trial.probe_input_noise = 0.125;
  trial.probe_k = 6;
  trial.probe_weight_average = 0.875;
  trial.probe_weight_decay = 0.0625;
  trial.probe_max_norm = 2;
  trial.probe_features_rate = 0.1;
  trial.probe_refit = true;
  trial.seed = 9;
  const FineTuning tuning = fine_tuning_of(trial);
  EXPECT_EQ(tuning.epochs, 3);
  EXPECT_EQ(tuning.batch, 7);
  EXPECT_EQ(tuning.learning_rate, 0.5);
  EXPECT_EQ(tuning.dropout, 0.25);
  EXPECT_EQ(tuning.input_noise, 0.125);
  EXPECT_EQ(tuning.k, 6);
  EXPECT_EQ(tuning.weight_average, 0.875);
  EXPECT_EQ(tuning.weight_decay, 0.0625);
  EXPECT_EQ(tuning.max_norm, 2);
  EXPECT_EQ(tuning.features_rate, 0.1);
  EXPECT_TRUE(tuning.refit);
  EXPECT_EQ(tuning.seed, 9);
}

TEST(FineTuning, TellsOfARefitAsFarAsTheEpochThatWasBest) {
  FineTuning still = short_tuning();
  still.learning_rate = 0;  // so that the first epoch counts
  still.refit = true;
  std::vector<double> shares;
  const Team team(1);
  TrainSettings telling = settings(team);
  telling.tell_progress = [&](double share) { shares.push_back(share); };
  const Dataset data = small_dataset();
  fine_tune(random_encoder(), data, parts_of(small_trial(), data), still, telling);
  EXPECT_TRUE(std::ranges::is_sorted(shares));
  ASSERT_FALSE(shares.empty());
  EXPECT_NEAR(shares.back(), 0.5 + 0.5 * 5 / 6, 1e-12);  // the last of 6 mini-batches of 150 samples
}

}  // namespace
}  // namespace ksweep
