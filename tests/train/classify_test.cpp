#include "train/classify.h"

#include "base/errors.h"
#include "refusal.h"
#include "small_data.h"

namespace ksweep {
namespace {

using testing::HasSubstr;

/// 3 patterns of 25 pixels by 8 hidden units, in 20 epochs.
Trial small_classifier() {
  Trial trial = small_trial();
  trial.kind = ModelKind::classifier;
  trial.layers = "8";
  trial.activation = Activation::sigmoid;
  trial.initial_weights = InitialWeights::glorot;
  trial.initial_scale = 1;
  trial.learning_rate = 0.3;
  trial.epochs = 20;
  return normalised(trial);
}

TEST(Classifier, LearnsToTellTheClassesApart) {
  for (const Output output : {Output::softmax, Output::sigmoid, Output::linear}) {
    Trial trial = small_classifier();
    trial.output = output;
    const TrialResult result = trained(trial, small_dataset());
    EXPECT_EQ(result.status, Status::done);
    EXPECT_GT(result.test_accuracy, 0.95);
    EXPECT_GT(result.train_accuracy, 0.95);
    EXPECT_GT(result.validation_accuracy, 0.9);
    EXPECT_EQ(result.test_accuracy_per_class.size(), 3u);
    EXPECT_EQ(result.test_confusion.size(), 9u);
    EXPECT_EQ(result.epochs_done, 20);
    EXPECT_EQ(result.output_error_curve.size(), 20u);
    EXPECT_LT(result.train_loss, 0.5 * result.train_loss_curve.front());
    EXPECT_GT(result.wall_time_s, 0);
  }
}

TEST(Classifier, ErrorsOfSoftmaxOutputsAreThoseOfProbabilities) {
  Trial even = small_classifier();
  even.initial_scale = even.learning_rate = 0;  // a third for each of three classes
  for (const double error : trained(even, small_dataset()).output_error_curve)
    EXPECT_NEAR(error, (2.0 / 3 + 1.0 / 3 + 1.0 / 3) / 3, 1e-7);
  Trial sure = small_classifier();
  sure.layers = "none";
  sure.learning_rate = 1;  // logits far above 1
  const auto errors = trained(sure, small_dataset()).output_error_curve;
  EXPECT_LE(std::ranges::max(errors), 2.0 / 3);
  EXPECT_LT(errors.back(), 0.1);
}

TEST(Classifier, WithoutHiddenLayersIsASoftmaxRegression) {
  Trial trial = small_classifier();
  trial.layers = "none";
  EXPECT_GT(trained(trial, small_dataset()).test_accuracy, 0.95);
}

TEST(Classifier, HasTheSameBitsOnAnyNumberOfThreads) {
  Trial trial = small_classifier();
  trial.probe_every = 2;
  trial.batch = 100;
  trial.dropout = trial.input_noise = 0.2;
  const TrialResult alone = trained(trial, small_dataset());
  for (const int n_threads : {2, 3}) expect_equal_bits(alone, trained(trial, small_dataset(), n_threads));
}

TEST(Classifier, ChangesWithEachKeyThatChangesTheTraining) {
  const Dataset data = small_dataset();
  const std::string before = trained(small_classifier(), data).weights_sha256;
  const std::pair<const char*, const char*> changes[] = {{"model.layers", "9"},
                                                         {"model.layers", "8-8"},
                                                         {"model.output", "linear"},
                                                         {"model.biases", "zero"},
                                                         {"model.activation", "relu"},
                                                         {"model.dropout", "0.1"},
                                                         {"model.input_noise", "0.1"},
                                                         {"train.batch", "27"},
                                                         {"train.optimizer", "adam"},
                                                         {"train.learning_rate_schedule", "linear"},
                                                         {"train.momentum", "0.8"},
                                                         {"train.weight_decay", "0.1"},
                                                         {"train.steps_per_epoch", "5"},
                                                         {"train.reduction", "sum"},
                                                         {"train.initial_weights", "uniform"},
                                                         {"train.seed", "1"},
                                                         {"data.validation", "-1"}};
  for (const auto& [key, value] : changes) {
    Trial trial = small_classifier();
    ASSERT_EQ(set_from_text(*find_key(key), trial, value), std::nullopt);
    EXPECT_NE(trained(trial, data).weights_sha256, before) << key;
  }
}

TEST(Classifier, OfSummedLossesIsThatOfMeansWithARateTimesTheBatch) {
  Trial mean = small_classifier(), sum = small_classifier();
  mean.steps_per_epoch = sum.steps_per_epoch = 5;  // batches all of one size
  mean.batch = sum.batch = 32;
  mean.learning_rate = 0.25;
  sum.learning_rate = mean.learning_rate / sum.batch;  // both exact
  sum.reduction = Reduction::sum;
  const TrialResult of_mean = trained(mean, small_dataset()), of_sum = trained(sum, small_dataset());
  EXPECT_NEAR(of_sum.train_loss, of_mean.train_loss, 1e-5);
}

TEST(Classifier, WithoutValidationTrainsOnAllSamples) {
  Trial trial = small_classifier();
  trial.n_validation = -1;
  const TrialResult result = trained(trial, small_dataset());
  EXPECT_EQ(result.status, Status::done);
  EXPECT_TRUE(std::isnan(result.validation_accuracy));
  EXPECT_GT(result.test_accuracy, 0.95);
}

TEST(Classifier, LearnsDespiteNoiseAndIsReadWithoutIt) {
  Trial trial = small_classifier();
  trial.layers = "30";
  trial.dropout = 0.5;
  trial.input_noise = 0.2;
  trial.epochs = 40;
  const TrialResult result = trained(trial, small_dataset());
  EXPECT_EQ(result.test_accuracy, 1);
  EXPECT_GT(result.train_loss, 0.02);  // of disturbed samples
}

TEST(Classifier, CountsItsHitsAsOftenAsAsked) {
  std::vector<Trial> trials(3, small_classifier());
  for (Trial& trial : trials) trial.epochs = 4;
  trials[1].probe_every = 1;
  trials[2].probe_every = 2;
  const auto results = train(trials, small_dataset(), settings());
  EXPECT_TRUE(results[0].train_accuracy_curve.empty());
  ASSERT_EQ(results[1].train_accuracy_curve.size(), 4u);
  EXPECT_EQ(results[1].train_accuracy_curve.back(), results[1].train_accuracy);
  EXPECT_EQ(results[1].test_accuracy_curve.back(), results[1].test_accuracy);
  EXPECT_EQ(results[1].validation_accuracy_curve.back(), results[1].validation_accuracy);
  ASSERT_EQ(results[2].test_accuracy_curve.size(), 4u);
  EXPECT_TRUE(std::isnan(results[2].test_accuracy_curve[0]));
  EXPECT_EQ(results[2].test_accuracy_curve[1], results[1].test_accuracy_curve[1]);
  EXPECT_EQ(results[0].weights_sha256, results[1].weights_sha256);
}

TEST(Classifier, CountsItsHitsInSomeEpochsThoughNoTrialAsksForAll) {
  Trial trial = small_classifier();
  trial.epochs = 4;
  trial.probe_every = 2;
  const TrialResult result = trained(trial, small_dataset());
  ASSERT_EQ(result.test_accuracy_curve.size(), 4u);
  EXPECT_EQ(result.test_accuracy_curve[3], result.test_accuracy);
}

TEST(Classifier, ThatDivergesFailsWithReasonAndKeepsItsCurves) {
  Trial trial = small_classifier();
  trial.activation = Activation::linear;
  trial.output = Output::linear;
  trial.learning_rate = 3;
  trial.epochs = 100;
  const TrialResult result = trained(trial, small_dataset());
  EXPECT_EQ(result.status, Status::failed);
  EXPECT_THAT(result.reason, HasSubstr("the training loss became"));
  EXPECT_THAT(result.reason, HasSubstr("lower train.learning_rate (3)"));
  EXPECT_TRUE(std::isnan(result.test_accuracy));
  EXPECT_EQ(result.train_loss_curve.size(), static_cast<std::size_t>(result.epochs_done));
}

TEST(Classifier, IsInterruptedWheneverItIsAskedTo) {
  Trial trial = small_classifier();
  trial.probe_every = 2;
  int total = 0;
  TrainSettings counting = settings();
  counting.keep_going = [&] { return ++total, true; };
  train(std::span(&trial, 1), small_dataset(), counting);
  ASSERT_GT(total, 100);
  for (int last = 1; last <= total; last += 13) {
    int calls = 0;
    TrainSettings stopping = settings();
    stopping.keep_going = [&] { return ++calls < last; };
    EXPECT_THROW(train(std::span(&trial, 1), small_dataset(), stopping), Interrupted) << "call " << last;
  }
}

TEST(Classifier, NeedsLabels) {
  EXPECT_THAT(refusal([] { trained(small_classifier(), small_dataset(false)); }), HasSubstr("has no labels"));
}

}  // namespace
}  // namespace ksweep
