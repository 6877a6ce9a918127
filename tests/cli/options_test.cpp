#include "cli/options.h"

#include <gmock/gmock.h>

#include "refusal.h"

namespace ksweep {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(RunOptions, HaveDefaultsForAllButTheSweep) {
  const auto options = parse_run({"jobs/mnist-k.cfg"});
  ASSERT_TRUE(options);
  EXPECT_EQ(options->sweep, "jobs/mnist-k.cfg");
  EXPECT_EQ(options->output, "results/mnist-k");
  EXPECT_TRUE(options->overrides.empty());
  EXPECT_TRUE(options->data_dir.empty());
  EXPECT_EQ(options->threads, std::nullopt);
  EXPECT_EQ(options->checkpoint_interval_s, 60);
  EXPECT_FALSE(options->quiet);
}

TEST(RunOptions, AreReadInAnyOrder) {
  const auto options =
      parse_run({"--set", "model.k=10, 25", "--threads=4", "--checkpoint-interval=0", "a.cfg", "--set",
                 "train.seed=0", "-o", "my results", "--data-dir", "/data sets", "-q"});
  ASSERT_TRUE(options);
  EXPECT_EQ(options->sweep, "a.cfg");
  EXPECT_EQ(options->output, "my results");
  EXPECT_THAT(options->overrides, ElementsAre("model.k=10, 25", "train.seed=0"));
  EXPECT_EQ(options->data_dir, "/data sets");
  EXPECT_EQ(options->threads, 4);
  EXPECT_EQ(options->checkpoint_interval_s, 0);
  EXPECT_TRUE(options->quiet);
}

TEST(WeightsOptions, NeedOneTrialAndAFormat) {
  const auto options = parse_weights({"out", "--trial", "3f9c", "--format", "sparsify", "-o", "a folder"});
  ASSERT_TRUE(options);
  EXPECT_EQ(options->folder, "out");
  EXPECT_EQ(options->trial, "3f9c");
  EXPECT_FALSE(options->best);
  EXPECT_EQ(options->format, "sparsify");
  EXPECT_EQ(options->output, "a folder");
  EXPECT_THAT(refusal([] {
                parse_weights({"out", "--format", "sparsify", "-o", "a"});
              }),
              HasSubstr("neither --trial nor --best was given: which network to take is unclear"));
  EXPECT_THAT(refusal([] {
                parse_weights({"out", "--best", "-o", "a"});
              }),
              HasSubstr("--format NAME is missing: which files to write is not said"));
}

TEST(RunOptions, NeedASweepFile) {
  EXPECT_EQ(refusal([] { parse_run({}); }),
            "ksweep run was given no sweep file: there is nothing to work on. Usage: ksweep run SWEEP "
            "[options]. `ksweep run --help` explains all options.");
}

TEST(RunOptions, TakeOneSweepFile) {
  EXPECT_THAT(refusal([] {
                parse_run({"a.cfg", "b.cfg"});
              }),
              HasSubstr("ksweep run was given too many words"));
}

TEST(RunOptions, AMistypedOneIsAnsweredWithTheNearest) {
  EXPECT_EQ(refusal([] {
              parse_run({"a.cfg", "--outptu", "x"});
            }),
            "there is no option --outptu of ksweep run: what it should do is unknown. Did you mean "
            "--output? `ksweep run --help` explains all options.");
}

TEST(RunOptions, AreNotGuessedFromTheirBeginning) {
  EXPECT_THAT(refusal([] {
                parse_run({"a.cfg", "--out", "x"});
              }),
              HasSubstr("there is no option --out of ksweep run"));
}

TEST(RunOptions, ThreadsAreACount) {
  EXPECT_EQ(refusal([] {
              parse_run({"a.cfg", "--threads", "0"});
            }),
            "--threads 0 is out of range: it is a number from 1 to 4096. Correct it.");
  EXPECT_EQ(refusal([] {
              parse_run({"a.cfg", "--threads", "many"});
            }),
            "the argument ('many') for option '--threads' is invalid: the command is unclear. `ksweep run "
            "--help` explains all options.");
  EXPECT_THAT(refusal([] {
                parse_run({"a.cfg", "--threads"});
              }),
              HasSubstr("argument for option '--threads' is missing"));
}

TEST(RunOptions, OneGivenTwiceIsRefused) {
  EXPECT_THAT(refusal([] {
                parse_run({"a.cfg", "-o", "x", "-o", "y"});
              }),
              HasSubstr("cannot be specified more than once"));
}

TEST(PlanOptions, ChooseRanksForThisMachineUnlessTold) {
  EXPECT_FALSE(parse_plan({"a.cfg"})->n_ranks);
  EXPECT_FALSE(parse_plan({"a.cfg"})->cores);
  EXPECT_EQ(parse_plan({"a.cfg", "--cores", "64"})->cores, 64);
  EXPECT_EQ(parse_plan({"a.cfg", "--memory", "256"})->memory_gb, 256);
  EXPECT_EQ(parse_plan({"a.cfg", "--ranks", "64"})->n_ranks, 64);
  EXPECT_FALSE(parse_plan({"a.cfg"})->list);
}

TEST(PlanOptions, RanksAreEitherGivenOrChosen) {
  EXPECT_THAT(refusal([] {
                parse_plan({"a.cfg", "--ranks", "2", "--cores", "4"});
              }),
              HasSubstr("ranks are either given or chosen for a machine. Leave one out."));
}

TEST(PlanOptions, KeysNeedNoSweep) {
  EXPECT_TRUE(parse_plan({"--keys"})->keys);
  EXPECT_EQ(parse_plan({"--keys"})->key, "");
}

TEST(PlanOptions, KeysMayNameOne) {
  EXPECT_EQ(parse_plan({"--keys", "model.k"})->key, "model.k");
  EXPECT_EQ(parse_plan({"model.k", "--keys"})->key, "model.k");
}

TEST(StatusOptions, TakeAFolder) {
  EXPECT_EQ(parse_status({"results/x"})->folder, "results/x");
  EXPECT_THAT(refusal([] { parse_status({}); }), HasSubstr("ksweep status was given no folder"));
}

TEST(MergeOptions, TakeSeveralInputsAndNeedAnOutput) {
  const auto options = parse_merge({"a", "b", "--output", "c.h5", "d"});
  EXPECT_THAT(options->inputs, ElementsAre("a", "b", "d"));
  EXPECT_EQ(options->output, "c.h5");
  EXPECT_THAT(refusal([] { parse_merge({"a"}); }), HasSubstr("--output FILE is missing"));
  EXPECT_THAT(refusal([] { parse_merge({"--output", "c.h5"}); }), HasSubstr("was given no result folder"));
}

TEST(ExportOptions, NeedAFileAndAnOutput) {
  const auto options = parse_export({"a.h5", "--csv", "b.csv"});
  EXPECT_EQ(options->file, "a.h5");
  EXPECT_EQ(options->csv, "b.csv");
  EXPECT_THAT(refusal([] { parse_export({"a.h5"}); }), HasSubstr("--csv OUT is missing"));
}

TEST(DataOptions, NameASetOrAFolderToWrite) {
  EXPECT_EQ(parse_data_info({"mnist"})->set, "mnist");
  const auto digits = parse_data_digits({"--output", "d", "--train", "100", "--test", "10"});
  EXPECT_EQ(digits->output, "d");
  EXPECT_EQ(digits->n_train, 100u);
  EXPECT_EQ(digits->n_test, 10u);
  EXPECT_THAT(refusal([] { parse_data_digits({"d"}); }),
              HasSubstr("ksweep data digits was given too many words"));
}

TEST(DataOptions, OfActivationsNeedATrialAndAFolder) {
  const auto options =
      parse_data_activations({"results/a", "--trial", "3f", "--output", "d", "--layer", "2"});
  EXPECT_EQ(options->folder, "results/a");
  EXPECT_EQ(options->trial, "3f");
  EXPECT_EQ(options->layer, 2);
  EXPECT_EQ(options->output, "d");
  EXPECT_FALSE(parse_data_activations({"a", "--trial", "3", "--output", "d"})->layer);
  EXPECT_THAT(refusal([] {
                parse_data_activations({"a", "--output", "d"});
              }),
              HasSubstr("--trial ID is missing"));
  EXPECT_THAT(refusal([] {
                parse_data_activations({"a", "--trial", "3"});
              }),
              HasSubstr("--output DIR is missing"));
  EXPECT_THAT(refusal([] {
                parse_data_activations({"--trial", "3"});
              }),
              HasSubstr("was given no results folder"));
  EXPECT_THAT(refusal([] {
                parse_data_activations({"a", "--trial", "3", "--output", "d", "--layer", "0"});
              }),
              HasSubstr("--layer 0 is out of range"));
}

TEST(DataOptions, OfAnExportNeedAFormatAndAFolder) {
  const auto options =
      parse_data_export({"mnist", "--npy", "--output", "d", "--set", "data.grey=yes", "--part", "test"});
  EXPECT_EQ(options->set, "mnist");
  EXPECT_EQ(options->output, "d");
  EXPECT_EQ(options->part, "test");
  EXPECT_THAT(options->overrides, ElementsAre("data.grey=yes"));
  EXPECT_THAT(refusal([] { parse_data_export({"mnist", "--output", "d"}); }), HasSubstr("--npy is missing"));
  EXPECT_THAT(refusal([] { parse_data_export({"mnist", "--npy"}); }), HasSubstr("--output DIR is missing"));
  EXPECT_THAT(refusal([] {
                parse_data_export({"mnist", "--npy", "--output", "d", "--part", "validation"});
              }),
              HasSubstr("--part validation is neither train nor test"));
}

}  // namespace
}  // namespace ksweep
