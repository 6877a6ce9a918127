#include "train/train.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/errors.h"
#include "model/network.h"
#include "small_data.h"

namespace ksweep {
namespace {

using testing::HasSubstr;

TEST(Train, LearnsToTellTheClassesApart) {
  Trial trial = small_trial();
  trial.epochs = 30;
  const TrialResult result = trained(trial, small_dataset());
  EXPECT_EQ(result.status, Status::done);
  EXPECT_GT(result.test_accuracy, 0.95);
  EXPECT_GT(result.test_fraction_of_variance_explained, 0.5);
  EXPECT_EQ(result.epochs_done, 30);
  EXPECT_EQ(result.l0_training, 4);
  EXPECT_EQ(result.l0_encoding, 8);  // alpha = 2
  EXPECT_EQ(result.test_accuracy_per_class.size(), 3u);
  EXPECT_EQ(result.filters.n_filters, 20);
  EXPECT_GT(result.wall_time_s, 0);
}

TrialResult trained_keeping_weights(const Trial& trial) {
  TrainSettings keeping = settings();
  keeping.save_weights = true;
  return train(std::span(&trial, 1), small_dataset(), keeping).at(0);
}

TEST(Train, TellsHowFarTheProbesAre) {
  std::vector<Trial> trials(2, small_trial());
  for (Trial& trial : trials) {
    trial.activation = Activation::relu;
    trial.probe_kind = ProbeKind::fine_tune;
    trial.probe_epochs = 4;
  }
  trials[1].probe_epochs = 8;
  for (const bool refit : {false, true}) {
    trials[0].probe_refit = trials[1].probe_refit = refit;
    std::vector<double> shares;
    TrainSettings telling = settings();
    telling.tell_probes = [&](double share) { shares.push_back(share); };
    train(trials, small_dataset(), telling);
    EXPECT_TRUE(std::ranges::is_sorted(shares));
    EXPECT_EQ(shares.front(), 0);
    EXPECT_TRUE(std::ranges::any_of(shares, [](double share) { return share > 0.2 && share < 0.3; }));
    EXPECT_LT(shares.back(), 1);
    EXPECT_GT(shares.back(), refit ? 0.75 : 0.95);
  }
}

TEST(Train, KeepsWeightsOnlyIfAsked) {
  const Trial trial = small_trial();
  EXPECT_TRUE(trained(trial, small_dataset()).weights.empty());
  EXPECT_EQ(trained_keeping_weights(trial).weights.stack.at(0).encoder.size(), 20u * 25);
}

TEST(Train, KeepsTheWeightsOfEveryLayerOfAStack) {
  for (const ModelKind kind : {ModelKind::k_sparse, ModelKind::rbm, ModelKind::random}) {
    Trial trial = small_trial();
    trial.kind = kind;
    trial.layers = "20-10";
    const TrialResult result = trained_keeping_weights(normalised(trial));
    ASSERT_EQ(result.weights.stack.size(), 2u);
    EXPECT_EQ(result.weights.stack[0].encoder.size(), 20u * 25);
    EXPECT_EQ(result.weights.stack[1].encoder.size(), 10u * 20);
    EXPECT_EQ(weights_sha256(result.weights), result.weights_sha256);
  }
}

TEST(Train, KeepsTheWeightsOfLayersTrainedJointly) {
  Trial trial = small_trial();
  trial.layers = "20-10";
  trial.training = LayerTraining::joint;
  const TrialResult result = trained_keeping_weights(normalised(trial));
  std::vector<int> sizes;
  for (const LayerWeights& layer : result.weights.layers) sizes.push_back(layer.n_outputs);
  EXPECT_EQ(sizes, (std::vector<int>{20, 10, 20, 25}));
  EXPECT_EQ(weights_sha256(result.weights), result.weights_sha256);
}

TEST(Train, KeepsTheWeightsOfAClassifier) {
  Trial trial = small_trial();
  trial.kind = ModelKind::classifier;
  trial.layers = "20";
  const TrialResult result = trained_keeping_weights(normalised(trial));
  ASSERT_EQ(result.weights.layers.size(), 2u);
  EXPECT_EQ(result.weights.layers[0].weights.size(), 25u * 20);
  EXPECT_EQ(result.weights.layers[1].biases.size(), 3u);
  EXPECT_EQ(weights_sha256(result.weights), result.weights_sha256);
}

TEST(Train, OneTrainingReadInSeveralWaysEqualsSeparateOnes) {
  const Dataset data = small_dataset();
  std::vector<Trial> trials(6, small_trial());
  trials[1].alpha = 5;  // 4 x 5 = all 20 units: a dense code
  trials[2].alpha = 1;
  trials[2].probe_every = 2;
  trials[3].probe_kind = ProbeKind::svm;
  trials[4].probe_kind = ProbeKind::knn;
  trials[4].probe_every = 2;
  trials[5].probe_kind = ProbeKind::kmeans;
  trials[5].alpha = 5;
  const auto together = train(trials, data, settings());
  ASSERT_EQ(together.size(), 6u);
  for (std::size_t i = 0; i < trials.size(); ++i) {
    EXPECT_EQ(together[i].trial.alpha, trials[i].alpha);
    expect_equal_bits(together[i], trained(trials[i], data));
  }
  EXPECT_EQ(together[1].l0_encoding, 20);
}

/// How often a training asks whether to go on: a clock that never lies.
int calls(const std::vector<Trial>& trials) {
  int n = 0;
  TrainSettings counting = settings();
  counting.keep_going = [&] { return ++n, true; };
  train(trials, small_dataset(), counting);
  return n;
}

TEST(Train, TrialsThatShareATrainingPayForItOnce) {
  std::vector<Trial> trials(2, small_trial());
  for (Trial& trial : trials) {
    trial.epochs = 200;
    trial.probe_tolerance = 0.1;
  }
  trials[1].alpha = 1;
  EXPECT_LT(calls(trials), 1.2 * calls({trials[0]}));
}

TEST(Train, ProbesOfTheSameCodesShareThem) {
  // Class means are found without asking: all calls beside the training's are the encoder's.
  std::vector<Trial> trials(2, small_trial());
  for (Trial& trial : trials) {
    trial.probe_kind = ProbeKind::centroid;
    trial.probe_every = 2;
  }
  trials[1].probe_metric = Metric::cosine;
  EXPECT_EQ(calls(trials), calls({trials[0]}));
}

TEST(Train, EveryKindOfProbeIsMeasuredInFull) {
  for (const ProbeKind kind :
       {ProbeKind::softmax, ProbeKind::svm, ProbeKind::knn, ProbeKind::centroid, ProbeKind::kmeans}) {
    Trial trial = small_trial();
    trial.epochs = 30;
    trial.probe_kind = kind;
    const TrialResult result = trained(normalised(trial), small_dataset());
    EXPECT_GT(result.test_accuracy, 0.9) << int(kind);
    EXPECT_EQ(result.test_accuracy_per_class.size(), 3u) << int(kind);
    EXPECT_EQ(result.test_confusion.size(), 9u) << int(kind);
    EXPECT_EQ(std::isnan(result.test_nmi), kind != ProbeKind::kmeans) << int(kind);
    EXPECT_EQ(std::isnan(result.probe_c), kind != ProbeKind::svm) << int(kind);
    EXPECT_EQ(std::isnan(result.probe_neighbours), kind != ProbeKind::knn) << int(kind);
  }
}

TEST(Train, EveryKindOfModelCanBeReadByEveryKindOfProbe) {
  const auto kinds = {ModelKind::k_sparse, ModelKind::batch_topk, ModelKind::wta, ModelKind::plain,
                      ModelKind::rbm,      ModelKind::random,     ModelKind::raw};
  const auto probes = {ProbeKind::softmax,  ProbeKind::svm,    ProbeKind::knn,
                       ProbeKind::centroid, ProbeKind::kmeans, ProbeKind::fine_tune};
  for (const ModelKind kind : kinds)
    for (const ProbeKind probe : probes)
      for (const char* layers : {"none", "20-12"}) {
        if (kind == ModelKind::raw && probe == ProbeKind::fine_tune) continue;  // refused: sweep/checks.cpp
        Trial trial = small_trial();
        trial.kind = kind;
        trial.probe_kind = probe;
        trial.probe_epochs = 2;
        trial.probe_tolerance = 1e-3;
        trial.layers = layers;
        const TrialResult result = trained(normalised(trial), small_dataset());
        EXPECT_EQ(result.status, Status::done) << int(kind) << " " << int(probe) << ": " << result.reason;
        EXPECT_EQ(result.test_confusion.size(), 9u) << int(kind) << " " << int(probe);
        EXPECT_EQ(std::accumulate(result.test_confusion.begin(), result.test_confusion.end(), 0), 40);
        EXPECT_EQ(result.test_accuracy_per_class.size(), 3u);
      }
}

TEST(Train, AFineTuningThatDivergesFailsAlone) {
  std::vector<Trial> trials(2, small_trial());
  trials[0].probe_kind = ProbeKind::fine_tune;
  trials[0].probe_learning_rate = 1e38;
  for (const char* training : {"greedy", "joint"}) {
    for (Trial& trial : trials) {
      set_from_text(*find_key("model.training"), trial, training);
      trial = normalised(trial);
    }
    const auto results = train(trials, small_dataset(), settings());
    EXPECT_EQ(results[0].status, Status::failed);
    EXPECT_THAT(results[0].reason, HasSubstr("lower probe.learning_rate (1e38)"));
    EXPECT_TRUE(std::isnan(results[0].test_accuracy));
    expect_equal_bits(results[1], trained(trials[1], small_dataset()));
    EXPECT_EQ(results[1].status, Status::done);
  }
}

TEST(Train, ARefittedProbeIsOfTheSameNetworkAndChoice) {
  std::vector<Trial> trials(2, small_trial());
  trials[1].probe_refit = true;
  const auto results = train(trials, small_dataset(), settings());
  EXPECT_EQ(results[1].weights_sha256, results[0].weights_sha256);
  EXPECT_EQ(results[1].validation_accuracy, results[0].validation_accuracy);
  EXPECT_EQ(results[1].probe_l2, results[0].probe_l2);
  EXPECT_GT(results[1].probe_iterations, results[0].probe_iterations);
}

TEST(Train, ARandomNetworkIsTheInitialOneOfItsSeed) {
  Trial trial = small_trial();
  trial.kind = ModelKind::random;
  const TrialResult result = trained(normalised(trial), small_dataset());
  EXPECT_EQ(result.status, Status::done);
  EXPECT_EQ(result.weights_sha256, weights_sha256(initial_network(trial, 25)));
  EXPECT_EQ(result.epochs_done, 0);
  EXPECT_TRUE(std::isnan(result.train_loss));
  EXPECT_TRUE(result.train_loss_curve.empty());
  EXPECT_GT(result.test_accuracy, 0.5);
}

TEST(Train, RawPixelsHaveAccuraciesAndNoNetwork) {
  Trial trial = small_trial();
  trial.kind = ModelKind::raw;
  const TrialResult result = trained(normalised(trial), small_dataset());
  EXPECT_EQ(result.status, Status::done);
  EXPECT_GT(result.test_accuracy, 0.95);
  EXPECT_EQ(result.weights_sha256, "");
  EXPECT_TRUE(std::isnan(result.test_mse));
  EXPECT_EQ(result.filters.n_filters, 0);
}

TEST(Train, WithoutLabelsThereAreNoAccuracies) {
  for (const ModelKind kind : {ModelKind::k_sparse, ModelKind::random, ModelKind::raw}) {
    Trial trial = small_trial();
    trial.kind = kind;
    trial.probe_every = 1;
    const TrialResult result = trained(normalised(trial), small_dataset(false));
    EXPECT_EQ(result.status, Status::done);
    EXPECT_TRUE(std::isnan(result.test_accuracy));
    EXPECT_TRUE(std::isnan(result.validation_accuracy));
    EXPECT_TRUE(std::isnan(result.probe_l2));
    EXPECT_TRUE(result.test_confusion.empty());
    EXPECT_TRUE(result.test_accuracy_curve.empty());
    EXPECT_EQ(std::isnan(result.test_mse), kind == ModelKind::raw);
  }
}

TEST(Train, ADivergingTrialFailsWithReasonAndEpoch) {
  Trial trial = small_trial();
  trial.learning_rate = 1e9;
  const TrialResult result = trained(trial, small_dataset());
  EXPECT_EQ(result.status, Status::failed);
  EXPECT_THAT(result.reason, HasSubstr("in epoch 1"));
  EXPECT_THAT(result.reason, HasSubstr("lower train.learning_rate (1e9), or use train.optimizer = adam"));
  EXPECT_EQ(result.epochs_done, 0);
  EXPECT_TRUE(std::isnan(result.test_accuracy));
}

TEST(Train, ADivergingTrialKeepsItsCurves) {
  Trial trial = small_trial();
  trial.epochs = 100;
  trial.learning_rate = 0.12;  // a few epochs go well
  const TrialResult result = trained(trial, small_dataset());
  ASSERT_EQ(result.status, Status::failed);
  EXPECT_GE(result.epochs_done, 1);
  EXPECT_EQ(result.train_loss_curve.size(), static_cast<std::size_t>(result.epochs_done));
  EXPECT_THAT(result.reason, HasSubstr("in epoch " + std::to_string(result.train_loss_curve.size() + 1)));
}

TEST(Train, IsInterruptedWheneverItIsAskedTo) {
  Trial trial = small_trial();
  trial.probe_every = 2;
  int total = 0;
  TrainSettings counting = settings();
  counting.keep_going = [&] { return ++total, true; };
  train(std::span(&trial, 1), small_dataset(), counting);
  ASSERT_GT(total, 50);
  for (int last = 1; last <= total; last += 7) {
    int calls = 0;
    TrainSettings stopping = settings();
    stopping.keep_going = [&] { return ++calls < last; };
    EXPECT_THROW(train(std::span(&trial, 1), small_dataset(), stopping), Interrupted) << "call " << last;
    EXPECT_EQ(calls, last);
  }
}

TEST(Train, AProbeEveryEpochIsACurveThatEndsInTheResult) {
  Trial trial = small_trial();
  trial.probe_every = 1;
  const TrialResult result = trained(trial, small_dataset());
  ASSERT_EQ(result.test_accuracy_curve.size(), 4u);
  EXPECT_EQ(result.test_accuracy_curve.back(), result.test_accuracy);
  EXPECT_EQ(result.validation_accuracy_curve.back(), result.validation_accuracy);
  EXPECT_THAT(result.test_accuracy_curve, testing::Each(testing::Ge(0)));
}

TEST(Train, AProbeEveryThirdEpochLeavesTheOthersUnmeasured) {
  Trial trial = small_trial();
  trial.epochs = 7;
  trial.probe_every = 3;
  std::vector<int> measured;
  for (const double accuracy : trained(trial, small_dataset()).test_accuracy_curve)
    measured.push_back(!std::isnan(accuracy));
  EXPECT_EQ(measured, (std::vector{0, 0, 1, 0, 0, 1, 0}));
}

TEST(Train, ProbingOnTheWayDoesNotChangeTheTraining) {
  Trial probed = small_trial();
  probed.probe_every = 1;
  EXPECT_EQ(trained(probed, small_dataset()).weights_sha256,
            trained(small_trial(), small_dataset()).weights_sha256);
}

TEST(Train, AlphaTimesKIsCutToTheHiddenUnits) {
  Trial trial = small_trial();
  trial.alpha = 1e6;
  EXPECT_EQ(trained(trial, small_dataset()).l0_encoding, 20);
}

TEST(Train, GivesErrorsOfWhatTheRuleKeepsOnlyWhereThatIsAnotherThing) {
  for (const bool joint : {false, true})
    for (const ModelKind kind :
         {ModelKind::k_sparse, ModelKind::batch_topk, ModelKind::wta, ModelKind::plain, ModelKind::random}) {
      Trial trial = small_trial();
      trial.kind = kind;
      trial.lifetime = 0.25;
      if (joint && kind != ModelKind::random) trial.training = LayerTraining::joint;
      const TrialResult result = trained(normalised(trial), small_dataset());
      const bool of_batches = kind == ModelKind::batch_topk || kind == ModelKind::wta;
      for (const double TrialResult::*member :
           {&TrialResult::test_mse_by_rule, &TrialResult::validation_mse_by_rule, &TrialResult::l0_by_rule,
            &TrialResult::test_fraction_of_variance_explained_by_rule})
        EXPECT_EQ(std::isnan(result.*member), !of_batches) << int(kind);
      if (kind == ModelKind::wta) {
        EXPECT_EQ(result.l0_training, 20);
        EXPECT_EQ(result.l0_by_rule, 20 * (7 + 1) / 30.0);  // of mini-batches of 28 and 2
        EXPECT_NE(result.test_mse_by_rule, result.test_mse);
      }
      if (kind == ModelKind::batch_topk) {
        EXPECT_EQ(result.l0_by_rule, 4);
      }
    }
}

TEST(Train, DropoutLeavesTheScaleOfReconstructionsRightWhereOthersFillUp) {
  for (const ModelKind kind : {ModelKind::k_sparse, ModelKind::batch_topk}) {
    Trial trial = small_trial();
    trial.kind = kind;
    trial.n_hidden = 100;  // of which 20 are left for 3 places
    trial.k = 3;
    trial.dropout = 0.8;
    trial.epochs = 60;
    trial.k_schedule = 0;
    trial.optimizer = Optimizer::adam;
    trial.learning_rate = 3e-3;
    // 0.83; below -1 from codes times 1 - dropout
    EXPECT_GT(trained(normalised(trial), small_dataset()).test_fraction_of_variance_explained, 0.7)
        << int(kind);
  }
}

}  // namespace
}  // namespace ksweep
