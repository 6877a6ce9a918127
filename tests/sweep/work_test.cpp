#include "sweep/work.h"

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
  EXPECT_DOUBLE_EQ(amount(probe_work(trial, small), probe_kinds(), "encoding"), 1700.0 * (100 * 64 + 64 * 32) / 1e9);
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

TEST(Work, OfEachKindOfProbeIsItsOwn) {
  const auto probed = [&](ProbeKind kind, std::string_view name) {
    Trial trial = small_trial();
    trial.alpha = 1;
    trial.probe_kind = kind;
    return amount(probe_work(trial, small), probe_kinds(), name);
  };
  for (const auto kind :
       {ProbeKind::softmax, ProbeKind::svm, ProbeKind::knn, ProbeKind::centroid, ProbeKind::kmeans}) {
    EXPECT_EQ(probed(kind, "entries") > 0, kind == ProbeKind::softmax);
    EXPECT_EQ(probed(kind, "passes") > 0, kind == ProbeKind::svm);
    EXPECT_EQ(probed(kind, "neighbours") > 0, kind == ProbeKind::knn);
    EXPECT_EQ(probed(kind, "centres") > 0, kind == ProbeKind::centroid || kind == ProbeKind::kmeans);
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
  // 1000 against 500, 1500 against 200.
  EXPECT_DOUBLE_EQ(probed(ProbeKind::knn, true, "neighbours"), (1000 * 500 + 1500 * 200) * 5 / 1e9);
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

}  // namespace
}  // namespace ksweep
