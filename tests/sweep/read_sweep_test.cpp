#include "sweep/read_sweep.h"

#include <gmock/gmock.h>

#include "core/trial_keys.h"
#include "sweep_texts.h"

namespace ksweep {
namespace {

using ::testing::ElementsAre;

TEST(ReadSweep, TheExampleOfTheManualIsTwentyTrialsInFileOrder) {
  const Sweep sweep = sweep_of(
      "title = Accuracy versus k on MNIST\n[data]\nset = mnist   # digits\n[model]\nhidden = 1000\nk = 10, "
      "25, 40, 70\n"
      "sparsity_weight = 0\n[train]\nepochs = 50\nseed = 0..4\n");
  EXPECT_EQ(sweep.name, "x");
  EXPECT_EQ(sweep.title, "Accuracy versus k on MNIST");
  ASSERT_EQ(sweep.trials.size(), 20u);
  EXPECT_EQ(sweep.trials[0].data_set, "mnist");
  EXPECT_EQ(sweep.trials[1].k, 10);
  EXPECT_EQ(sweep.trials[1].seed, 1);
  EXPECT_EQ(sweep.trials[5].k, 25);
  EXPECT_EQ(sweep.trials[5].seed, 0);
  ASSERT_EQ(sweep.axes.size(), 2u);
  EXPECT_EQ(sweep.axes[0].key, "model.k");
  EXPECT_THAT(sweep.axes[0].values, ElementsAre("10", "25", "40", "70"));
  EXPECT_EQ(sweep.where.at("model.k"), "x.cfg:6");
}

TEST(ReadSweep, AMetricToReportByIsKept) {
  EXPECT_EQ(sweep_of("[model]\nk = 10\n").report_metric, "");
  EXPECT_EQ(sweep_of("[model]\nk = 10\n[report]\nmetric = fvu\n").report_metric, "fvu");
  EXPECT_EQ(sweep_of("[model]\nk = 10\n", {"report.metric=true_mcc"}).report_metric, "true_mcc");
  EXPECT_EQ(refusal_of("[model]\nk = 10\n[report]\nmetric = fvuu\n"),
            "x.cfg:4: report.metric: fvuu is no metric to choose by. Did you mean fvu?");
}

TEST(ReadSweep, NamesOfKeysInTheReportAreKeptAndChangeNoTrial) {
  const Sweep sweep = sweep_of("[model]\nk = 10, 25\n[report]\nnames = hidden: latents\n");
  EXPECT_EQ(sweep.report_names, "model.hidden: latents");
  const Sweep without = sweep_of("[model]\nk = 10, 25\n");
  ASSERT_EQ(sweep.trials.size(), without.trials.size());
  for (std::size_t i = 0; i < sweep.trials.size(); ++i)
    EXPECT_EQ(specification(sweep.trials[i]), specification(without.trials[i]));
}

TEST(ReadSweep, AFileThatSetsNothingIsRefused) {
  const std::string why =
      "x.cfg: sets no key: a sweep of defaults alone is hardly meant, and the file may have been emptied by "
      "accident. Write for example model.k = 10, 25 into it, as in the files in jobs/.";
  for (const char* text : {"", "\n\n", "# k = 10\n", "[model]\n", "\r\n", "\xEF\xBB\xBF"}) {
    EXPECT_EQ(refusal_of(text), why);
    EXPECT_EQ(refusal_of(text, {"model.k=10"}), why);
  }
}

TEST(ReadSweep, CarriageReturnsAloneEndNoLines) {
  for (const char* text : {"[model]\rk = 10\r", "# a comment\r[model]\rk = 10", "title = a\rb\n"})
    EXPECT_THAT(refusal_of(text),
                ::testing::EndsWith("if it ends lines, as on old Macs: tr '\\r' '\\n' < OLD > NEW."));
  EXPECT_EQ(sweep_of("[model]\r\nk = 10\r\n").trials.at(0).k, 10);
}

TEST(ReadSweep, TheTextMayBeGivenInPlaceOfTheFile) {
  const Sweep sweep = read_sweep("/dev/stdin", {}, "[model]\nk = 10\n");
  EXPECT_EQ(sweep.trials.at(0).k, 10);
  EXPECT_EQ(sweep.text, "[model]\nk = 10\n");
  EXPECT_EQ(sweep.name, "stdin");
}

TEST(ReadSweep, KeysThatAreNotSetHaveTheirDefaults) {
  const Sweep sweep = sweep_of("[results]\nsave = nothing\n");
  ASSERT_EQ(sweep.trials.size(), 1u);
  EXPECT_EQ(specification(sweep.trials[0]), specification(normalised(default_trial())));
  EXPECT_EQ(sweep.title, "x");
  EXPECT_FALSE(sweep.save_weights);
}

TEST(ReadSweep, AnOverrideMayMakeOrUnmakeAnAxis) {
  const Sweep sweep = sweep_of("[model]\nk = 10, 25\n", {"model.k=40", "train.seed=0..1"});
  ASSERT_EQ(sweep.trials.size(), 2u);
  EXPECT_EQ(sweep.trials[0].k, 40);
  EXPECT_EQ(sweep.trials[1].seed, 1);
  EXPECT_THAT(sweep.overrides, ElementsAre("model.k=40", "train.seed=0..1"));
}

TEST(ReadSweep, BaselinesCollapseToOneTrialPerSeed) {
  const Sweep sweep = sweep_of("[model]\nkind = k-sparse, random, raw\nk = 10, 25\n[train]\nseed = 0, 1\n");
  // k-sparse and random: 2 k x 2 seeds each; raw: 2 seeds.
  EXPECT_EQ(sweep.trials.size(), 10u);
}

TEST(ReadSweep, AZeroWeightMakesPenaltiesOneTrial) {
  const Sweep sweep = sweep_of("[model]\nactivation = sigmoid\npenalty = l1, kl\nsparsity_weight = 0, 0.1\n");
  EXPECT_EQ(sweep.trials.size(), 3u);
}

TEST(ReadSweep, ZipAndExcludeShapeTheGrid) {
  const Sweep sweep = sweep_of(
      "[model]\nk = 10, 20, 30\nhidden = 100, 200, 300\n[train]\nseed = 0, 1\n"
      "[grid]\nzip = model.k, model.hidden\nexclude = model.k=30 & train.seed=1\n");
  ASSERT_EQ(sweep.trials.size(), 5u);
  EXPECT_EQ(sweep.trials[4].k, 30);
  EXPECT_EQ(sweep.trials[4].n_hidden, 300);
}

TEST(ReadSweep, WeightsAreSavedOnRequest) {
  EXPECT_TRUE(sweep_of("[results]\nsave = weights\n").save_weights);
  EXPECT_EQ(refusal_of("[results]\nsave = weigths\n"),
            "x.cfg:2: results.save = weigths is neither nothing nor weights: what to keep is unclear. Did "
            "you mean weights?");
}

TEST(ReadSweep, AGridThatWouldNeverEndIsRefusedAtOnce) {
  EXPECT_EQ(refusal_of("[model]\nk = 1..1000\n[train]\nseed = 0..9999\n"),
            "x.cfg: the grid has 1000 (model.k) x 10000 (train.seed) = 1e7 trials, more than 100000: it "
            "would never end. Take values out, or use [grid] zip to let axes advance together.");
}

TEST(ReadSweep, AxesThatWouldFillTheMemoryAreRefusedBeforeTheyAreMultiplied) {
  EXPECT_EQ(
      refusal_of("[model]\nk = 1..60000\n[train]\nseed = 0..59999\n[grid]\nzip = model.k, train.seed\n"),
      "x.cfg:4: train.seed brings the values of all axes to 120000: no sweep has so many trials. Take values "
      "out.");
}

TEST(ReadSweep, AFileThatNeverEndsIsRefused) {
  EXPECT_EQ(refusal([] { read_sweep("/dev/zero", {}); }),
            "/dev/zero: has more than 1048576 bytes: it cannot be what is read here. Check the path.");
}

TEST(ReadSweep, AValueLongerThanAnyPathIsRefused) {
  EXPECT_THAT(refusal_of("[data]\nset = " + std::string(5000, 'x') + "\n"),
              ::testing::HasSubstr("is longer than any path"));
}

TEST(ReadSweep, AGridOfWhichNothingIsLeftIsRefused) {
  EXPECT_EQ(refusal_of("[model]\nk = 1, 2\n[grid]\nexclude = model.k=1\nexclude = model.k=2\n"),
            "x.cfg:5: grid.exclude leaves no trial: there is nothing to run. Remove a rule or add values.");
}

TEST(ReadSweep, AnAbsentFileIsRefused) {
  EXPECT_EQ(
      refusal([] { read_sweep("absent.cfg", {}); }),
      "absent.cfg: cannot be read (No such file or directory): its content is needed. Check the path and its "
      "permissions.");
}

}  // namespace
}  // namespace ksweep
