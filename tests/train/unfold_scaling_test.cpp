#include "train/unfold_scaling.h"

#include <gmock/gmock.h>

#include "refusal.h"
#include "scaled_record.h"
#include "train/fold_scaling.h"

namespace ksweep {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const InputScaling scaling{4, {10, 20}, 8};

WeightsFile file_of(const TrialResult& result) {
  return {"w", fold_scaling("", result).weights, "", "relu", "linear", {}, {}};
}

AutoencoderWeights again(const TrialResult& result) {
  return unfold_scaling(file_of(result), result.trial, result.weights.inputs, 2);
}

TEST(UnfoldScaling, UndoesWhatAnExportFolded) {
  for (const bool pre_bias : {false, true}) {
    const AutoencoderWeights weights = again(scaled_record(pre_bias));
    EXPECT_THAT(weights.encoder, ElementsAre(1, 2, 3, 4));
    EXPECT_THAT(weights.decoder, ElementsAre(5, 6, 7, 8));
    EXPECT_THAT(weights.hidden_bias, ElementsAre(1, -1)) << pre_bias;
    EXPECT_THAT(weights.visible_bias, ElementsAre(2, 4));
  }
}

TEST(UnfoldScaling, ATrialOnUnscaledSamplesStartsFromTheFilesNumbers) {
  WeightsFile file = file_of(scaled_record(true));
  Trial trial = scaled_record(true).trial;
  trial.normalise = Normalise::none;
  const AutoencoderWeights weights = unfold_scaling(file, trial, {1}, 2);
  EXPECT_EQ(weights.hidden_bias, file.weights.hidden_bias);
  EXPECT_EQ(weights.visible_bias, file.weights.visible_bias);
}

TEST(UnfoldScaling, TheHiddenBiasMakesUpForTheRoundingOfTheVisibleOne) {
  WeightsFile file{"w", {1, 1, {1000}, {1}, {0}, {16777216}}, "", {}, {}, {}, {}};
  Trial trial = scaled_record(true).trial;
  trial.n_hidden = 1;
  // The visible bias is 1 / 3, whose rounding error the encoder makes 1000 times larger.
  const AutoencoderWeights weights = unfold_scaling(file, trial, {1, {16777215}, 1.0f / 3}, 1);
  const double exact = static_cast<double>(1.0f / 3);
  EXPECT_FLOAT_EQ(weights.hidden_bias[0],
                  static_cast<float>(1000 * (static_cast<double>(weights.visible_bias[0]) - exact)));
}

TEST(UnfoldScaling, TakesThresholdsIfTheTrialHasThem) {
  TrialResult jump = scaled_record(true);
  jump.trial.kind = ModelKind::jump_relu;
  jump.weights.stack[0].thresholds = {1, 5};
  EXPECT_THAT(again(jump).thresholds, ElementsAre(1, 5));
  EXPECT_THAT(unused_of_file(file_of(jump), jump.trial), IsEmpty());
  const Trial sparse = scaled_record(true).trial;
  EXPECT_THAT(unfold_scaling(file_of(jump), sparse, scaling, 2).thresholds, IsEmpty());
  EXPECT_THAT(unused_of_file(file_of(jump), sparse),
              ElementsAre(HasSubstr("w: its thresholds are not used")));

  jump.trial.threshold_start = 0.25;
  EXPECT_THAT(unfold_scaling(file_of(scaled_record(true)), jump.trial, scaling, 2).thresholds,
              ElementsAre(0.25f, 0.25f));
  EXPECT_THAT(unused_of_file(file_of(scaled_record(true)), jump.trial),
              ElementsAre(HasSubstr("w: has no thresholds: all start at model.threshold_start = 0.25")));
}

TEST(UnfoldScaling, TakesBackWhatDropoutMadeOfTheDecoder) {
  TrialResult dropped = scaled_record(true);
  dropped.trial.kind = ModelKind::plain;
  dropped.trial.dropout = 0.5;
  EXPECT_THAT(again(dropped).decoder, ElementsAre(5, 6, 7, 8));
}

TEST(UnfoldScaling, ATiedTrialTakesOnlyATiedFile) {
  TrialResult tied = scaled_record(true);
  tied.trial.tied = true;
  EXPECT_THAT(refusal([&] { again(tied); }),
              HasSubstr("w: unit 0 has the weight 1 from input 0 and 5 to it, and model.tied = yes"));
  tied.weights.stack[0].decoder.clear();
  tied.trial.kind = ModelKind::plain;
  tied.trial.dropout = 0.3;  // multiplying and dividing by 0.7 rounds
  EXPECT_THAT(again(tied).decoder, IsEmpty());
}

TEST(UnfoldScaling, RefusesSizesOfOthers) {
  Trial trial = scaled_record(true).trial;
  EXPECT_THAT(refusal([&] { unfold_scaling(file_of(scaled_record(true)), trial, scaling, 3); }),
              HasSubstr("w: is of samples of 2 inputs, and those of data.set = digits have 3"));
  trial.n_hidden = 3;
  EXPECT_THAT(
      refusal([&] { unfold_scaling(file_of(scaled_record(true)), trial, scaling, 2); }),
      HasSubstr("w: has 2 units, and model.hidden = 3: they would not fill the layer. Set model.hidden = 2"));
}

TEST(UnfoldScaling, RefusesPreparationsThatCannotBeUndone) {
  Trial trial = scaled_record(true).trial;
  trial.normalise = Normalise::whiten;
  EXPECT_THAT(refusal([&] { unfold_scaling(file_of(scaled_record(true)), trial, {1}, 2); }),
              HasSubstr("w: takes samples as their files hold them, and what data.normalise = whiten does"));
  trial.normalise = Normalise::none;
  trial.activation = Activation::sigmoid;
  EXPECT_THAT(refusal([&] { unfold_scaling(file_of(scaled_record(true)), trial, {255}, 2); }),
              HasSubstr("with model.activation = sigmoid"));
  EXPECT_EQ(refusal([&] { unfold_scaling(file_of(scaled_record(true)), trial, {1}, 2); }), "accepted");
}

TEST(UnfoldScaling, RefusesRowsOfOtherLengthsForUnitNorm) {
  Trial trial = scaled_record(true).trial;
  trial.unit_norm = true;
  WeightsFile file = file_of(scaled_record(true));
  EXPECT_THAT(refusal([&] { unfold_scaling(file, trial, scaling, 2); }),
              HasSubstr("w: the decoder weights of unit 0 have length 7.81, and model.unit_norm = yes"));
  file.weights.decoder = {0.6f, 0.8f, 0, 1};
  EXPECT_EQ(refusal([&] { unfold_scaling(file, trial, scaling, 2); }), "accepted");
}

TEST(UnfoldScaling, SaysWhatIsNotUsed) {
  WeightsFile file = file_of(scaled_record(true));
  file.unused = {"skip"};
  file.k = 3;
  Trial trial = scaled_record(true).trial;
  trial.activation = Activation::linear;
  EXPECT_THAT(unused_of_file(file, trial),
              ElementsAre("w: not used: skip",
                          HasSubstr("w: is of relu units, and is trained on with model.activation = linear"),
                          "w: its k = 3 is not used: model.k = 1"));
}

}  // namespace
}  // namespace ksweep
