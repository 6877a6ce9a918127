#include "train/fold_scaling.h"

#include <gmock/gmock.h>

#include "refusal.h"
#include "scaled_record.h"

namespace ksweep {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(FoldScaling, LeavesTheMatricesAndChangesTheUnitOfTheBiases) {
  const FoldedAutoencoder folded = fold_scaling("", scaled_record(true));
  EXPECT_EQ(folded.code_unit, 2);
  EXPECT_THAT(folded.weights.encoder, ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(folded.weights.decoder, ElementsAre(5, 6, 7, 8));
  EXPECT_THAT(folded.weights.visible_bias, ElementsAre(41, 82));  // 2/2 + 10*4, 4/2 + 20*4
  EXPECT_THAT(folded.weights.hidden_bias, ElementsAre(0.5f, -0.5f));
  EXPECT_EQ(folded.keeps, Keeps::largest);
  EXPECT_EQ(folded.k, 1);
}

TEST(FoldScaling, GivesATrialWithoutPreBiasWhatItsInputsLose) {
  const FoldedAutoencoder folded = fold_scaling("", scaled_record(false));
  EXPECT_THAT(folded.weights.hidden_bias, ElementsAre(0.5f + 1 * 1 + 2 * 2, -0.5f + 3 * 1 + 4 * 2));
}

TEST(FoldScaling, LeavesEveryNumberOfATrialOnUnscaledSamples) {
  TrialResult unscaled = scaled_record(true);
  unscaled.trial.normalise = Normalise::none;
  unscaled.weights.inputs = {1};
  const FoldedAutoencoder folded = fold_scaling("", unscaled);
  EXPECT_EQ(folded.code_unit, 1);
  EXPECT_THAT(folded.weights.hidden_bias, ElementsAre(1, -1));
  EXPECT_THAT(folded.weights.visible_bias, ElementsAre(2, 4));
}

TEST(FoldScaling, GivesATiedOneADecoder) {
  TrialResult tied = scaled_record(true);
  tied.weights.stack[0].decoder.clear();
  EXPECT_THAT(fold_scaling("", tied).weights.decoder, ElementsAre(1, 2, 3, 4));
}

TEST(FoldScaling, GivesAllUnitsTheThresholdOfARuleOfMiniBatches) {
  TrialResult batch = scaled_record(true);
  batch.trial.kind = ModelKind::batch_topk;
  batch.threshold = 3;
  const FoldedAutoencoder folded = fold_scaling("", batch);
  EXPECT_EQ(folded.keeps, Keeps::above_thresholds);
  EXPECT_THAT(folded.weights.thresholds, ElementsAre(1.5f, 1.5f));
}

TEST(FoldScaling, ChangesTheUnitOfTrainedThresholds) {
  TrialResult jump = scaled_record(true);
  jump.trial.kind = ModelKind::jump_relu;
  jump.weights.stack[0].thresholds = {1, 5};
  EXPECT_THAT(fold_scaling("", jump).weights.thresholds, ElementsAre(0.5f, 2.5f));
}

TEST(FoldScaling, PutsWhatDropoutMakesOfCodesIntoTheDecoder) {
  TrialResult dropped = scaled_record(true);
  dropped.trial.kind = ModelKind::plain;
  dropped.trial.dropout = 0.5;
  const FoldedAutoencoder folded = fold_scaling("", dropped);
  EXPECT_EQ(folded.keeps, Keeps::all);
  EXPECT_THAT(folded.weights.decoder, ElementsAre(2.5f, 3, 3.5f, 4));
}

TEST(FoldScaling, RefusesARecordThatDoesNotSayHowItsSamplesWereScaled) {
  for (const InputScaling& inputs : {InputScaling{}, InputScaling{1}, InputScaling{1, {0}, 1}}) {
    TrialResult old = scaled_record(true);
    old.weights.inputs = inputs;
    EXPECT_THAT(refusal([&] { fold_scaling("here", old); }),
                HasSubstr("here: its record does not say how the samples were scaled"));
  }
}

TEST(FoldScaling, RefusesAThresholdThatWasNotMeasured) {
  TrialResult batch = scaled_record(true);
  batch.trial.kind = ModelKind::batch_topk;
  EXPECT_THAT(refusal([&] { fold_scaling("here", batch); }),
              HasSubstr("here: its threshold was not measured"));
}

}  // namespace
}  // namespace ksweep
