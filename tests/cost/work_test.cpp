#include "cost/work.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string_view>

#include "core/trial_keys.h"

namespace ksweep {
namespace {

const DataFacts small{"hash", 100, 10, 1000, 500, 200};

double amount(const Work& work, std::span<const WorkKind> kinds, std::string_view name) {
  const auto kind = std::ranges::find(kinds, name, &WorkKind::name);
  EXPECT_NE(kind, kinds.end());
  return work[static_cast<std::size_t>(kind - kinds.begin())];
}

Trial small_trial() {
  Trial trial = default_trial();
  trial.n_hidden = 50;
  trial.k = 5;
  trial.epochs = 4;
  trial.batch = 32;
  trial.k_schedule = 0;
  return trial;
}

double training_amount(const Trial& trial, std::string_view name) {
  return amount(training_work(trial, small), training_kinds(), name);
}

TEST(Work, OfTheProductIsThatOfAllSamplesWeighed) {
  // 4 epochs of 32 mini-batches; 500 validation samples after each, 500 and 200 at the end, in mini-batches too.
  const double samples = (4 * 32 + (4 * 500 + 700) / 32.0) * 32;
  EXPECT_DOUBLE_EQ(training_amount(small_trial(), "product"), samples * 50 * 100 / 1e9);
}

TEST(Work, OfMiniBatchesIsThatOfWholeVectors) {
  Trial trial = small_trial();
  trial.batch = 20;  // as if 32
  EXPECT_DOUBLE_EQ(training_amount(trial, "product"), (4 * 50 + 2700 / 20.0) * 32 * 50 * 100 / 1e9);
}

TEST(Work, OfKeptUnitsFollowsTheFallingK) {
  Trial trial = small_trial();
  const double still = training_amount(trial, "sparse");
  EXPECT_DOUBLE_EQ(still, (3 * 1000 * 4 * 5 + 2700 * 5) * 100 / 1e9);
  trial.k_start = 25;
  trial.k_schedule = 0.5;  // 25, 15, 5, 5
  EXPECT_DOUBLE_EQ(training_amount(trial, "sparse") - still, 3 * 1000 * (20 + 10) * 100 / 1e9);
}

TEST(Work, OfAuxKIsThatOfHalfOfTheUnitsFromTheSecondEpochOn) {
  Trial trial = small_trial();
  EXPECT_EQ(training_amount(trial, "aux"), 0);
  trial.aux_weight = 1 / 32.0;
  trial.aux_units = 10;
  EXPECT_DOUBLE_EQ(training_amount(trial, "aux"), 3 * 1000 * (3 * 10 * 100 + 100 * 25) / 1e9);
  trial.aux_units = 256;  // of the 25 that are dead
  EXPECT_DOUBLE_EQ(training_amount(trial, "aux"), 3 * 1000 * (3 * 25 * 100 + 100 * 25) / 1e9);
}

TEST(Work, OfTheUpdateHasMorePassesForAPreBiasUnitNormsAndUntiedWeights) {
  Trial trial = small_trial();
  trial.optimizer = Optimizer::adam;
  const double steps = 4 * 32, once = steps * 50 * 100 * 4 / 1e9;
  EXPECT_DOUBLE_EQ(training_amount(trial, "update"), 6 * once);
  trial.tied = false;
  EXPECT_DOUBLE_EQ(training_amount(trial, "update"), 12 * once);
  trial.pre_bias = true;
  EXPECT_DOUBLE_EQ(training_amount(trial, "update"), 14 * once);
  trial.unit_norm = true;
  EXPECT_DOUBLE_EQ(training_amount(trial, "update"), 17 * once);
}

TEST(Work, OfAllUnitsIsFiveProductsAndNoSelection) {
  Trial trial = small_trial();
  trial.k = trial.n_hidden;
  EXPECT_DOUBLE_EQ(training_amount(trial, "product"), (5 * 4 * 32 * 32 + 2 * 2700) * 50 * 100 / 1e9);
  EXPECT_EQ(training_amount(trial, "selection"), 0);
  EXPECT_EQ(training_amount(trial, "sparse"), 0);
}

TEST(Work, OfLayersInOneNetworkIsThatOfEachThereAndBack) {
  Trial trial = small_trial();
  trial.layers = "64-32";
  trial.n_hidden = 32;
  trial.training = LayerTraining::joint;
  const double forward = 100 * 64 + 64 * 32 + 32 * 64 + 64 * 112;  // outputs are padded
  const double learning = 3 * forward - 100 * 64;                  // the way back ends at the first layer
  EXPECT_DOUBLE_EQ(training_amount(trial, "product"), (4 * 1000 * learning + 2700 * forward) / 1e9);
  EXPECT_DOUBLE_EQ(amount(probe_work(trial, small), probe_kinds(), "encoding"),
                   1700.0 * (100 * 64 + 64 * 32) / 1e9);
}

TEST(Work, OfLayersInOneNetworkBesideTheirProducts) {
  Trial trial = small_trial();
  trial.layers = "64-32";
  trial.n_hidden = 32;
  trial.training = LayerTraining::joint;
  trial.optimizer = Optimizer::adam;
  const double forward = 100 * 64 + 64 * 32 + 32 * 64 + 64 * 112, steps = 4 * 32;
  EXPECT_DOUBLE_EQ(training_amount(trial, "update"), steps * forward * 4 * 6 / 1e9);
  EXPECT_DOUBLE_EQ(training_amount(trial, "step"), steps / 1e3);
  EXPECT_DOUBLE_EQ(training_amount(trial, "network"), forward / 1e6);
  EXPECT_DOUBLE_EQ(training_amount(trial, "values"), (4 * 1000 + 2700) * 100 / 1e9);
  EXPECT_DOUBLE_EQ(training_amount(trial, "selection"), (4 * 1000 + 2700) * 32 / 1e9);
  EXPECT_DOUBLE_EQ(training_amount(trial, "sums"), 2700 * 100 / 1e9);
  EXPECT_DOUBLE_EQ(training_amount(trial, "cosines"), 32 * 32 * 64 / 1e9);
  EXPECT_DOUBLE_EQ(training_amount(trial, "data"), 1200 * 100 / 1e6);
  trial.kind = ModelKind::plain;
  EXPECT_EQ(training_amount(trial, "selection"), 0);
}

TEST(Work, OfAClassifierIsThatOfItsLayersThereAndBack) {
  Trial trial = small_trial();
  trial.kind = ModelKind::classifier;
  trial.layers = "64-32";
  trial.optimizer = Optimizer::adam;
  const double forward = 100 * 64 + 64 * 32 + 32 * 16;  // ten classes, padded
  for (const auto& [steps_per_epoch, steps] : {std::pair{0, 4 * 32}, std::pair{7, 4 * 7}}) {
    trial.steps_per_epoch = steps_per_epoch;
    EXPECT_DOUBLE_EQ(training_amount(trial, "product"), steps * 32 * (3 * forward - 100 * 64) / 1e9);
    EXPECT_DOUBLE_EQ(training_amount(trial, "values"), steps * 32 * 100 / 1e9);
    EXPECT_DOUBLE_EQ(training_amount(trial, "update"), steps * forward * 4 * 6 / 1e9);
    EXPECT_DOUBLE_EQ(training_amount(trial, "step"), steps / 1e3);
    EXPECT_DOUBLE_EQ(training_amount(trial, "network"), forward / 1e6);
  }
}

TEST(Work, OfLayersOneAfterTheOtherIsThatOfEachOnTheOneBelow) {
  Trial trial = small_trial();
  trial.layers = "64-32";
  trial.n_hidden = 32;
  // The first: weighed in 4 epochs, 500 validation samples after each, all 1700 in the end, once.
  const double first = (4 * 1024 + 4 * 500 + 1700) * 64 * 100;
  // The second: 700 of those in the end; whose codes are made once more and drawn by both decoders.
  const double second = (4 * 1024 + 4 * 500 + 700) * 32 * 64, drawn = 700 * (32 * 64 + 32 * 64 + 64 * 112);
  EXPECT_DOUBLE_EQ(training_amount(trial, "product"), (first + second + drawn) / 1e9);
  EXPECT_DOUBLE_EQ(training_amount(trial, "step"), 2 * 4 * 32 / 1e3);
  EXPECT_DOUBLE_EQ(training_amount(trial, "network"), (64 * 100 + 32 * 64) / 1e6);
  EXPECT_DOUBLE_EQ(training_amount(trial, "data"), 1200 * 100 / 1e6);
  // The codes of the first layer are kept.
  EXPECT_DOUBLE_EQ(amount(probe_work(trial, small), probe_kinds(), "encoding"), 1700.0 * 32 * 64 / 1e9);
}

TEST(Work, OfProbesAfterEpochsIsThatOfTheTopmostLayers) {
  Trial trial = small_trial();
  trial.layers = "64-32";
  trial.n_hidden = 32;
  trial.epochs = 5;
  const double once = amount(probe_work(trial, small), probe_kinds(), "encoding");
  trial.probe_every = 3;  // after epochs 6 and 9 of 6 .. 10
  EXPECT_DOUBLE_EQ(amount(probe_work(trial, small), probe_kinds(), "encoding"), 3 * once);
}

TEST(Work, OfARuleIsThatOfAllActivationsItChoosesFromAndOfThoseItKeeps) {
  const auto of_rule = [](ModelKind kind) {
    Trial trial = small_trial();
    trial.kind = kind;
    return normalised(trial);
  };
  // 32 mini-batches of 32 samples, 50 units.
  const Trial batch_topk = of_rule(ModelKind::batch_topk);
  // The 1000 samples once more, to calibrate the threshold.
  EXPECT_DOUBLE_EQ(training_amount(batch_topk, "choice"), (4 * 1024 + 1000) * 50 / 1e9);
  EXPECT_DOUBLE_EQ(training_amount(batch_topk, "sparse"), training_amount(small_trial(), "sparse"));
  EXPECT_DOUBLE_EQ(training_amount(batch_topk, "selection"), 2700 * 50 / 1e9);  // looked at without learning
  Trial wta = of_rule(ModelKind::wta);
  wta.lifetime = 0.25;  // each unit for 8 of 32 samples
  EXPECT_DOUBLE_EQ(training_amount(wta, "choice"), 4 * 1024 * 50 / 1e9);
  EXPECT_DOUBLE_EQ(training_amount(wta, "sparse"), 3 * 4 * 1000 * 50 * 0.25 * 100 / 1e9);
  EXPECT_EQ(training_amount(wta, "selection"), 0);
  EXPECT_DOUBLE_EQ(training_amount(wta, "product"), (4 * 1024 + 2 * 2700) * 50 * 100 / 1e9);
  wta.lifetime = 0.01;  // one of 32
  EXPECT_DOUBLE_EQ(training_amount(wta, "sparse"), 3 * 4 * 1000 * 50 / 32.0 * 100 / 1e9);
}

TEST(Work, OfJumpReLUIsThatOfItsTargetOrElseOfAQuarterOfTheUnits) {
  Trial trial = small_trial();
  trial.kind = ModelKind::jump_relu;
  EXPECT_DOUBLE_EQ(training_amount(trial, "sparse"), 3 * 4 * 1000 * 5 * 100 / 1e9);
  trial.k = 0;
  EXPECT_DOUBLE_EQ(training_amount(trial, "sparse"), 3 * 4 * 1000 * 12.5 * 100 / 1e9);
}

TEST(Work, OfAPlainAutoencoderIsThatOfAllUnits) {
  Trial plain = small_trial(), dense = small_trial();
  plain.kind = ModelKind::plain;
  dense.k = dense.n_hidden;
  EXPECT_EQ(training_work(normalised(plain), small), training_work(dense, small));
}

TEST(Work, OfABoltzmannMachineGrowsByTwoProductsAndItsDrawsWithEachGibbsStep) {
  Trial trial = small_trial();
  trial.kind = ModelKind::rbm;
  trial = normalised(trial);
  const double weights = 50 * 100;
  EXPECT_DOUBLE_EQ(training_amount(trial, "product"), (5 * 4 * 1024 + 2 * 2700) * weights / 1e9);
  EXPECT_DOUBLE_EQ(training_amount(trial, "draws"), 4 * 1000 * 50 / 1e9);
  EXPECT_DOUBLE_EQ(training_amount(trial, "network"), weights / 1e6);
  trial.cd_steps = 3;
  EXPECT_DOUBLE_EQ(training_amount(trial, "product"), (9 * 4 * 1024 + 2 * 2700) * weights / 1e9);
  EXPECT_DOUBLE_EQ(training_amount(trial, "draws"), 4 * 1000 * 50 * 3 / 1e9);
}

TEST(Work, OfPersistentChainsIsThatOfOneReconstructionMore) {
  Trial trial = small_trial();
  trial.kind = ModelKind::rbm;
  trial = normalised(trial);
  trial.persistent = true;
  EXPECT_DOUBLE_EQ(training_amount(trial, "product"), (6 * 4 * 1024 + 2 * 2700) * 50 * 100 / 1e9);
}

TEST(Work, OfAnAverageIsThreePassesOverTheWeightsPerMiniBatch) {
  Trial trial = small_trial();
  const double before = training_amount(trial, "update");
  trial.weight_average = 0.99;
  const double n_matrices = trial.tied ? 1 : 2;
  EXPECT_NEAR(training_amount(trial, "update") - before, 4 * 32 * n_matrices * 50 * 100 * 4 * 3 / 1e9, 1e-12);
}

TEST(Work, OfNoiseAndDropoutIsANumberForEachInputAndUnit) {
  Trial trial = small_trial();
  EXPECT_EQ(training_amount(trial, "draws"), 0);
  EXPECT_EQ(training_amount(trial, "choice"), 0);
  trial.input_noise = 0.2;
  EXPECT_DOUBLE_EQ(training_amount(trial, "draws"), 4 * 1000 * 100 / 1e9);
  trial.dropout = 0.5;
  EXPECT_DOUBLE_EQ(training_amount(trial, "draws"), 4 * 1000 * 150 / 1e9);
  EXPECT_DOUBLE_EQ(training_amount(trial, "choice"), 4 * 1024 * 50 / 1e9);  // the largest of those left
  trial.input_noise = 0;
  trial.kind = ModelKind::rbm;  // which draws states, too
  EXPECT_DOUBLE_EQ(training_amount(trial, "draws"), 4 * 1000 * 100 / 1e9);
}

TEST(Work, OfShiftedTargetsIsThatOfMeans) {
  Trial trial = small_trial();
  EXPECT_EQ(training_amount(trial, "means"), 0);
  trial.targets = Targets::classes;
  const double once = training_amount(trial, "means");
  EXPECT_GT(once, 0);
  trial.targets = Targets::clusters;
  EXPECT_GT(training_amount(trial, "means"), 3 * once);  // after each epoch but the last
}

TEST(Work, OfFineTuningIsThatOfAllLayersThereAndBack) {
  Trial trial = small_trial();
  trial.probe_kind = ProbeKind::fine_tune;
  trial.probe_epochs = 7;
  trial.probe_batch = 100;
  const auto encoding = [&] { return amount(probe_work(trial, small), probe_kinds(), "encoding"); };
  const double codes = 1700 * 50 * 100;
  // 50 units and 10 classes, padded to 64 and 16; an update is worth 24 samples.
  const double once = 100 * 64 + 50 * 16, learning = 2 * 100 * 64 + 3 * 50 * 16;
  EXPECT_DOUBLE_EQ(encoding(),
                   (codes + 7 * (1000 * learning + 500 * once + 10 * 24 * once) + 1700 * once) / 1e9);
  const double shallow = encoding();
  trial.layers = "50-50";
  EXPECT_GT(encoding(), 1.3 * shallow);
  trial.probe_dropout = 0.5;
  EXPECT_GT(encoding(), 1.5 * shallow);
}

TEST(Work, OfTheProbeIsDenseWhereNothingIsDropped) {
  const auto probed = [&](const Trial& trial, std::string_view name) {
    return amount(probe_work(trial, small), probe_kinds(), name);
  };
  Trial trial = small_trial();
  trial.alpha = 1;
  EXPECT_GT(probed(trial, "entries"), 0);
  EXPECT_EQ(probed(trial, "dense"), 0);
  trial.alpha = 10;
  EXPECT_EQ(probed(trial, "entries"), 0);
  EXPECT_GT(probed(trial, "dense"), 0);
}

TEST(Work, OfAnSvmOnDenseCodesIsDense) {
  Trial trial = small_trial();
  trial.probe_kind = ProbeKind::svm;
  trial.alpha = 10;
  EXPECT_EQ(amount(probe_work(trial, small), probe_kinds(), "passes"), 0);
  const double once = 1000.0 * 50 * 16 / 1e9;  // training samples, units, classes in whole vectors
  EXPECT_GT(amount(probe_work(trial, small), probe_kinds(), "dense"), once);
  EXPECT_LT(amount(probe_work(trial, small), probe_kinds(), "dense"), 1000 * once);
}

TEST(Work, OfAnSvmWhoseCIsGivenIsLessThanThatOfASearch) {
  Trial trial = small_trial();
  trial.probe_kind = ProbeKind::svm;
  trial.probe_c = 0;
  const double search = amount(probe_work(trial, small), probe_kinds(), "passes");
  trial.probe_c = 1;
  EXPECT_LT(amount(probe_work(trial, small), probe_kinds(), "passes"), 0.5 * search);
}

TEST(Work, OfEachKindOfProbeIsItsOwn) {
  const auto probed = [&](ProbeKind kind, std::string_view name) {
    Trial trial = small_trial();
    trial.alpha = 1;
    trial.probe_kind = kind;
    return amount(probe_work(trial, small), probe_kinds(), name);
  };
  for (const auto kind : {ProbeKind::softmax, ProbeKind::svm, ProbeKind::knn, ProbeKind::centroid,
                          ProbeKind::kmeans, ProbeKind::sparse}) {
    EXPECT_EQ(probed(kind, "entries") > 0, kind == ProbeKind::softmax);
    EXPECT_EQ(probed(kind, "passes") > 0, kind == ProbeKind::svm);
    EXPECT_EQ(probed(kind, "neighbours") > 0, kind == ProbeKind::knn);
    EXPECT_EQ(probed(kind, "centres") > 0,
              kind == ProbeKind::centroid || kind == ProbeKind::kmeans || kind == ProbeKind::sparse);
    EXPECT_EQ(probed(kind, "dense") > 0, kind == ProbeKind::sparse);
  }
  // 1000 training samples against 500 + 200 others, 5 entries each.
  EXPECT_DOUBLE_EQ(probed(ProbeKind::knn, "neighbours"), 1000 * 700 * 5 / 1e9);
  EXPECT_GT(probed(ProbeKind::kmeans, "centres"), probed(ProbeKind::centroid, "centres"));
}

TEST(Work, OfARefittedProbeIsThatOfOneMoreFitOnTrainingAndValidationParts) {
  const auto probed = [&](ProbeKind kind, bool refit, std::string_view name) {
    Trial trial = small_trial();
    trial.alpha = 1;
    trial.probe_kind = kind;
    trial.probe_l2 = trial.probe_c = 1;  // one fit
    trial.probe_refit = refit;
    return amount(probe_work(trial, small), probe_kinds(), name);
  };
  // 1000 training samples, then 1500.
  EXPECT_DOUBLE_EQ(probed(ProbeKind::softmax, true, "entries"),
                   2.5 * probed(ProbeKind::softmax, false, "entries"));
  EXPECT_DOUBLE_EQ(probed(ProbeKind::svm, true, "passes"), 2.5 * probed(ProbeKind::svm, false, "passes"));
  // The validation part is seen by the choice alone.
  const double tuned =
      probed(ProbeKind::fine_tune, true, "encoding") / probed(ProbeKind::fine_tune, false, "encoding");
  EXPECT_GT(tuned, 2);
  EXPECT_LT(tuned, 2.5);
  // 1000 against 500, 1500 against 200.
  EXPECT_DOUBLE_EQ(probed(ProbeKind::knn, true, "neighbours"), (1000 * 500 + 1500 * 200) * 5 / 1e9);
}

TEST(Work, OfStandardisingIsThreePassesOverTheCodesOfTheTrainingPartAndOneOverTheOthers) {
  Trial trial = small_trial();
  trial.alpha = 1;
  const double before = amount(probe_work(trial, small), probe_kinds(), "passes");
  trial.probe_standardise = true;
  EXPECT_DOUBLE_EQ(amount(probe_work(trial, small), probe_kinds(), "passes") - before,
                   (3 * 1000 + 700) * 5 / 1e9);
}

TEST(Work, OfEncodingIsDividedAmongTrialsThatShareTheCodes) {
  const auto encoding = [&](int n_sharing) {
    return amount(probe_work(small_trial(), small, n_sharing), probe_kinds(), "encoding");
  };
  EXPECT_DOUBLE_EQ(encoding(1), 1700.0 * 50 * 100 / 1e9);
  EXPECT_DOUBLE_EQ(encoding(4), encoding(1) / 4);
}

TEST(Work, WithoutLabelsIsNoFit) {
  DataFacts unlabelled = small;
  unlabelled.n_classes = 0;
  const Work work = probe_work(small_trial(), unlabelled);
  EXPECT_EQ(amount(work, probe_kinds(), "samples"), 0);
  EXPECT_GT(amount(work, probe_kinds(), "encoding"), 0);
}

TEST(Work, OfASecondReconstructionIsOneMoreSearchAndFourTimesTheKeptUnits) {
  Trial trial = small_trial();
  EXPECT_DOUBLE_EQ(training_amount(trial, "selection"), (4 * 1024 + 2700) * 50 / 1e9);
  trial.multi_topk = 0.125;
  EXPECT_DOUBLE_EQ(training_amount(trial, "selection"), (2 * 4 * 1024 + 2700) * 50 / 1e9);
  EXPECT_DOUBLE_EQ(training_amount(trial, "sparse"), (4 * 3 * 1000 * 4 * 5 + 2700 * 5) * 100 / 1e9);
}

TEST(Work, OfALengthInSamplesEndsWithinAnEpoch) {
  Trial trial = small_trial();
  trial.samples = 2500;  // 80 mini-batches; 500 validation samples after each of three epochs, 700 in the end
  trial.k_start = 25;
  trial.k_schedule = 0.5;  // falls over 1.25 passes: 10 more on average
  EXPECT_DOUBLE_EQ(training_amount(trial, "product"), (80 * 32 + 2200) * 50 * 100 / 1e9);
  EXPECT_DOUBLE_EQ(training_amount(trial, "sparse"), (3 * 1000 * 25 + 2200 * 5) * 100 / 1e9);
}

TEST(Work, OfAuxKBeginsAfterTheSamplesThatAUnitIsWaitedFor) {
  Trial trial = small_trial();
  trial.aux_weight = 1 / 32.0;
  trial.aux_units = 10;
  trial.dead_after = 500;
  EXPECT_DOUBLE_EQ(training_amount(trial, "aux"), 3500.0 * (3 * 10 * 100 + 100 * 25) / 1e9);
}

TEST(Work, OfFewKeptUnitsIsScreened) {
  Trial trial = small_trial();
  trial.k = 3;  // a sixteenth of 50
  EXPECT_EQ(training_amount(trial, "product"), 0);
  EXPECT_DOUBLE_EQ(training_amount(trial, "screened"), (4 * 1024 + 2700) * 50 * 100 / 1e9);
  trial.k = 4;
  EXPECT_EQ(training_amount(trial, "screened"), 0);
}

}  // namespace
}  // namespace ksweep
