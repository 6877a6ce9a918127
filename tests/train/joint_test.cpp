#include "train/joint.h"

#include "base/errors.h"
#include "small_data.h"

namespace ksweep {
namespace {

using testing::HasSubstr;

/// 25-12-6 and back, in 30 epochs.
Trial small_joint(ModelKind kind = ModelKind::k_sparse) {
  Trial trial = small_trial();
  trial.kind = kind;
  trial.layers = "12-6";
  trial.training = LayerTraining::joint;
  trial.k = 3;
  trial.k_start = 6;
  trial.initial_weights = InitialWeights::glorot;
  trial.initial_scale = 1;
  trial.optimizer = Optimizer::adam;
  trial.learning_rate = 0.01;
  trial.lifetime = 0.7;  // reconstructions are judged with all activations
  trial.epochs = 30;
  return normalised(trial);
}

constexpr ModelKind kinds[] = {ModelKind::plain, ModelKind::k_sparse, ModelKind::wta, ModelKind::batch_topk};

TEST(JointAutoencoder, LearnsToReconstructAndCodesThatTellClassesApart) {
  for (const ModelKind kind : kinds) {
    const TrialResult result = trained(small_joint(kind), small_dataset());
    EXPECT_EQ(result.status, Status::done) << result.reason;
    EXPECT_EQ(result.epochs_done, 30);
    EXPECT_GT(result.test_fraction_of_variance_explained, 0.6) << int(kind);
    EXPECT_GT(result.test_accuracy, 0.95) << int(kind);
    EXPECT_EQ(result.test_accuracy_per_class.size(), 3u);
    EXPECT_LT(result.train_loss, 0.5 * result.train_loss_curve.front());
    EXPECT_EQ(result.validation_mse_curve.back(), result.validation_mse);  // of 30 samples, all are looked at
    EXPECT_GT(result.wall_time_s, 0);
  }
}

TEST(JointAutoencoder, KeepsAsManyOfTheInnermostUnitsAsItsRuleSays) {
  const TrialResult k_sparse = trained(small_joint(), small_dataset());
  EXPECT_LE(k_sparse.l0_training, 3);
  EXPECT_EQ(k_sparse.l0_encoding, 6);  // alpha = 2
  EXPECT_EQ(k_sparse.k_curve.front(), 6);
  EXPECT_EQ(k_sparse.k_curve.back(), 3);
  EXPECT_LE(k_sparse.l0_curve.back(), 3);
  const TrialResult plain = trained(small_joint(ModelKind::plain), small_dataset());
  EXPECT_EQ(plain.l0_training, 6);
  EXPECT_EQ(plain.l0_curve.back(), 6);
  Trial wta = small_joint(ModelKind::wta);
  wta.lifetime = 0.25;
  const TrialResult lifetime = trained(wta, small_dataset());
  EXPECT_EQ(lifetime.l0_encoding, 6);
  EXPECT_NEAR(lifetime.l0_curve.back(), 0.25 * 6, 0.05);
}

TEST(JointAutoencoder, ItsErrorIsTheMeanSquareThatItsVarianceExplainedSays) {
  const Dataset data = small_dataset();
  Trial trial = small_joint(ModelKind::plain);
  trial.epochs = 0;
  trial.initial_scale = 0;  // draws nothing: the error is the mean square of the samples
  const TrialResult result = trained(trial, data);
  double squares = 0;
  for (std::size_t i = 0; i < data.n_test * 25; ++i) squares += data.test_samples[i] * data.test_samples[i];
  EXPECT_NEAR(result.test_mse, squares / static_cast<double>(data.n_test * 25), 1e-6);
}

TEST(JointAutoencoder, OfOneLayerIsADenseAutoencoder) {
  Trial trial = small_joint();
  trial.layers = "none";
  trial.n_hidden = 9;
  const TrialResult result = trained(normalised(trial), small_dataset());
  EXPECT_EQ(result.status, Status::done);
  EXPECT_GT(result.test_fraction_of_variance_explained, 0.6);
}

TEST(JointAutoencoder, DrawsWhatItsUnitsStandFor) {
  Trial trial = small_joint(ModelKind::plain);
  const TrialResult result = trained(trial, small_dataset());
  EXPECT_EQ(result.filters.n_filters, 6);
  EXPECT_EQ(result.filters.n_pixels, 25);
  EXPECT_EQ(result.filters.levels.size(), 6u * 25);
  EXPECT_GT(std::ranges::count_if(result.filters.levels, [](auto level) { return level != 0; }), 100);
}

TEST(JointAutoencoder, ChangesWithEachKeyThatChangesTheTraining) {
  const Dataset data = small_dataset();
  const auto weights = [&](const char* key, const char* value) {
    Trial trial = small_joint();
    trial.activation = Activation::sigmoid;
    trial.epochs = 4;
    trial.sparsity_weight = 0.1;
    EXPECT_EQ(set_from_text(*find_key(key), trial, value), std::nullopt);
    return trained(trial, data).weights_sha256;
  };
  const std::string before = weights("model.k", "3");
  const std::pair<const char*, const char*> changes[] = {{"model.k", "2"},
                                                         {"model.kind", "plain"},
                                                         {"model.kind", "wta"},
                                                         {"model.kind", "batch-topk"},
                                                         {"model.layers", "12-7-6"},
                                                         {"model.decoder", "sigmoid"},
                                                         {"model.activation", "relu"},
                                                         {"model.penalty", "l1"},
                                                         {"model.penalty", "kl"},
                                                         {"model.dropout", "0.2"},
                                                         {"model.input_noise", "0.2"},
                                                         {"train.batch", "27"},
                                                         {"train.optimizer", "sgd"},
                                                         {"train.learning_rate_schedule", "linear"},
                                                         {"train.momentum", "0.8"},
                                                         {"train.weight_decay", "0.1"},
                                                         {"train.k_start", "5"},
                                                         {"train.k_schedule", "0"},
                                                         {"train.initial_weights", "uniform"},
                                                         {"train.seed", "1"}};
  for (const auto& [key, value] : changes) EXPECT_NE(weights(key, value), before) << key << " = " << value;
  EXPECT_EQ(weights("model.alpha", "1"), before);
}

TEST(JointAutoencoder, ItsLossHoldsTheMeanPenaltyOfASampleWhateverTheMiniBatch) {
  Trial trial = small_joint(ModelKind::plain);
  trial.learning_rate = 0;
  trial.epochs = 1;
  trial.penalty = Penalty::l1;
  const auto loss = [&](double weight, int batch) {
    trial.sparsity_weight = weight;
    trial.batch = batch;
    return trained(trial, small_dataset()).train_loss;
  };
  const double penalty = loss(0.5, 120) - loss(0, 120);
  EXPECT_GT(penalty, 0.1);
  for (const int batch : {60, 7})
    EXPECT_NEAR(loss(0.5, batch) - loss(0, batch), penalty, 1e-5 * penalty) << batch;
}

TEST(JointAutoencoder, HasTheSameBitsOnAnyNumberOfThreads) {
  for (const ModelKind kind : kinds) {
    Trial trial = small_joint(kind);
    trial.epochs = 3;
    trial.batch = 100;
    trial.probe_every = 2;
    trial.activation = Activation::sigmoid;
    trial.penalty = Penalty::kl;
    trial.sparsity_weight = 0.1;
    trial.dropout = trial.input_noise = 0.2;
    const TrialResult alone = trained(trial, small_dataset());
    for (const int n_threads : {2, 3}) expect_equal_bits(alone, trained(trial, small_dataset(), n_threads));
  }
}

TEST(JointAutoencoder, IsReadAsEachOfItsTrialsAsks) {
  std::vector<Trial> trials(3, small_joint());
  for (Trial& trial : trials) trial.epochs = 4;
  trials[1].alpha = 1;
  trials[2].probe_every = 2;
  const auto results = train(trials, small_dataset(), settings());
  EXPECT_EQ(results[0].weights_sha256, results[1].weights_sha256);
  EXPECT_EQ(results[0].l0_encoding, 6);
  EXPECT_EQ(results[1].l0_encoding, 3);
  EXPECT_TRUE(results[0].test_accuracy_curve.empty());
  ASSERT_EQ(results[2].test_accuracy_curve.size(), 4u);
  EXPECT_TRUE(std::isnan(results[2].test_accuracy_curve[0]));
  EXPECT_EQ(results[2].test_accuracy_curve[3], results[2].test_accuracy);
}

TEST(JointAutoencoder, NeedsNoLabels) {
  const TrialResult result = trained(small_joint(), small_dataset(false));
  EXPECT_EQ(result.status, Status::done);
  EXPECT_TRUE(std::isnan(result.test_accuracy));
  EXPECT_FALSE(std::isnan(result.test_mse));
}

TEST(JointAutoencoder, ThatDivergesFailsWithReasonAndKeepsItsCurves) {
  Trial trial = small_joint(ModelKind::plain);
  trial.optimizer = Optimizer::sgd;
  trial.learning_rate = 1;
  trial.epochs = 100;
  const TrialResult result = trained(trial, small_dataset());
  EXPECT_EQ(result.status, Status::failed);
  EXPECT_THAT(result.reason, HasSubstr("lower train.learning_rate (1)"));
  EXPECT_EQ(result.train_loss_curve.size(), static_cast<std::size_t>(result.epochs_done));
}

TEST(JointAutoencoder, IsInterruptedWheneverItIsAskedTo) {
  Trial trial = small_joint();
  trial.epochs = 2;
  int total = 0;
  TrainSettings counting = settings();
  counting.keep_going = [&] { return ++total, true; };
  train(std::span(&trial, 1), small_dataset(), counting);
  for (int last = 1; last <= total; last += 7) {
    int calls = 0;
    TrainSettings stopping = settings();
    stopping.keep_going = [&] { return ++calls < last; };
    EXPECT_THROW(train(std::span(&trial, 1), small_dataset(), stopping), Interrupted) << "call " << last;
  }
}

TEST(JointAutoencoder, UntrainedIsReadToo) {
  Trial trial = small_joint();
  trial.epochs = 0;
  const TrialResult result = trained(trial, small_dataset());
  EXPECT_EQ(result.status, Status::done);
  EXPECT_FALSE(std::isnan(result.dead_units));
  EXPECT_FALSE(std::isnan(result.test_accuracy));
}

}  // namespace
}  // namespace ksweep
