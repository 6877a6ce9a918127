// How many activations each kind of model keeps, and how it is trained.

#include <gtest/gtest.h>

#include "core/code_search.h"
#include "core/training_path.h"
#include "core/trial_keys.h"

namespace ksweep {
namespace {

Trial of(ModelKind kind) {
  Trial trial = default_trial();
  trial.kind = kind;
  trial.n_hidden = 1000;
  trial.k = 25;
  trial.alpha = 1;
  trial.aux_units = 0;
  return trial;
}

TEST(EncodingK, IsAlphaTimesKToTheNearestAndAtMostTheUnits) {
  Trial trial = of(ModelKind::k_sparse);
  for (const auto& [alpha, kept] : {std::pair{1.0, 25}, std::pair{1.5, 38}, std::pair{1.49, 37},
                                    std::pair{3.0, 75}, std::pair{40.0, 1000}, std::pair{41.0, 1000}}) {
    trial.alpha = alpha;
    EXPECT_EQ(encoding_k(trial), kept) << alpha;
    EXPECT_EQ(reconstruction_k(trial), 25);
  }
}

TEST(EncodingK, OfKindsThatEncodeByAllIsTheirUnits) {
  for (const ModelKind kind : {ModelKind::wta, ModelKind::jump_relu, ModelKind::plain, ModelKind::rbm}) {
    EXPECT_EQ(encoding_k(of(kind)), 1000);
    EXPECT_EQ(reconstruction_k(of(kind)), 1000);
  }
  for (const ModelKind kind :
       {ModelKind::k_sparse, ModelKind::batch_topk, ModelKind::matryoshka, ModelKind::random})
    EXPECT_EQ(encoding_k(of(kind)), 25);
}

TEST(AuxUnits, AreHalfTheInputsUnlessTheyAreGiven) {
  Trial trial = of(ModelKind::k_sparse);
  EXPECT_EQ(aux_units_of(trial, 784), 392);
  EXPECT_EQ(aux_units_of(trial, 1), 1);
  trial.aux_units = 100;
  EXPECT_EQ(aux_units_of(trial, 784), 100);
}

TEST(TrainingPath, OfASparseCodeIsByItsLargestUnlessARuleOrDropoutChooses) {
  Trial trial = of(ModelKind::k_sparse);
  EXPECT_EQ(training_path(trial), TrainingPath::largest);
  trial.k = 999;
  EXPECT_EQ(training_path(trial), TrainingPath::largest);
  trial.k = 1000;
  EXPECT_EQ(training_path(trial), TrainingPath::dense);
  trial.dropout = 0.1;
  EXPECT_EQ(training_path(trial), TrainingPath::rule);
  for (const ModelKind kind :
       {ModelKind::batch_topk, ModelKind::matryoshka, ModelKind::wta, ModelKind::jump_relu})
    EXPECT_EQ(training_path(of(kind)), TrainingPath::rule);
  for (const ModelKind kind : {ModelKind::plain, ModelKind::rbm})
    EXPECT_EQ(training_path(of(kind)), TrainingPath::dense);
  EXPECT_EQ(training_path(of(ModelKind::random)), TrainingPath::largest);
}

TEST(SearchesBatch, WhereABatchKeepsFewOfTheActivationsAndNothingElseChoosesThem) {
  const Trial searched = of(ModelKind::batch_topk);
  EXPECT_TRUE(searches_batch(searched));
  EXPECT_TRUE(searches_batch(of(ModelKind::matryoshka)));
  EXPECT_FALSE(searches_batch(of(ModelKind::k_sparse)));
  const auto with = [&](auto change) {
    Trial trial = searched;
    change(trial);
    return searches_batch(trial);
  };
  EXPECT_FALSE(with([](Trial& trial) { trial.dropout = 0.1; }));
  EXPECT_FALSE(with([](Trial& trial) { trial.multi_topk = 0.125; }));
  EXPECT_FALSE(with([](Trial& trial) { trial.activation = Activation::sigmoid; }));
  EXPECT_TRUE(with([](Trial& trial) { trial.k = trial.k_start = 250; }));
  EXPECT_FALSE(with([](Trial& trial) { trial.k = 251; }));
  EXPECT_FALSE(with([](Trial& trial) { trial.k_start = 251; }));
}

TEST(Kinds, ThatTrainCodesAreAllButBaselinesAndClassifiers) {
  for (int kind = 0; kind <= static_cast<int>(ModelKind::classifier); ++kind) {
    const auto each = static_cast<ModelKind>(kind);
    const bool others = each == ModelKind::random || each == ModelKind::raw || each == ModelKind::classifier;
    EXPECT_EQ(trains_codes(each), !others) << kind;
  }
}

}  // namespace
}  // namespace ksweep
