#include "sweep/race_keys.h"

#include <gmock/gmock.h>

#include "sweep_texts.h"

namespace ksweep {
namespace {

using ::testing::ElementsAre;

const std::string grid = "[model]\nk = 10, 25\n[train]\nseed = 0..5\n[grid]\n";

TEST(RaceKeys, WithoutASearchAllIsTrained) {
  EXPECT_FALSE(sweep_of(grid).race);
  EXPECT_FALSE(sweep_of(grid + "search = all\n").race);
}

TEST(RaceKeys, ARaceHasDefaults) {
  const auto race = sweep_of(grid + "search = race\n").race;
  ASSERT_TRUE(race);
  EXPECT_EQ(race->start, 4u);
  EXPECT_EQ(race->error, 0.05);
  EXPECT_EQ(race->tolerance, 0);
  EXPECT_EQ(race->n_seeds, 6u);
}

TEST(RaceKeys, AreTakenInAnyOrder) {
  const auto race =
      sweep_of(grid + "race_tolerance = 0.002\nrace_error = 0.1\nrace_start = 3\nsearch = race\n").race;
  ASSERT_TRUE(race);
  EXPECT_EQ(race->start, 3u);
  EXPECT_EQ(race->error, 0.1);
  EXPECT_EQ(race->tolerance, 0.002);
}

TEST(RaceKeys, ChangeNoTrial) {
  EXPECT_EQ(sweep_of(grid + "search = race\nrace_start = 3\n").trials.size(), sweep_of(grid).trials.size());
}

TEST(RaceKeys, ARaceAddsValuesOfKIfAsked) {
  EXPECT_FALSE(sweep_of(grid + "search = race\n").race->refine);
  EXPECT_TRUE(sweep_of(grid + "search = race\nrace_refine = yes\n").race->refine);
  EXPECT_EQ(
      refusal_of(grid + "search = race\nrace_refine = 1\n"),
      "x.cfg:7: grid.race_refine = 1 is neither yes nor no: whether values of k are added is unclear. Write one "
      "of the two.");
}

TEST(RaceKeys, AZippedKIsNotRefined) {
  EXPECT_EQ(
      refusal_of("[model]\nk = 10, 25\nhidden = 100, 200\n[train]\nseed = 0..5\n[grid]\nsearch = race\n"
                 "race_refine = yes\nzip = model.hidden, model.k\n"),
      "x.cfg:8: grid.race_refine = yes, but grid.zip lets model.k advance with other keys (model.hidden, "
      "model.k): which of their values a new k would have is unclear. Take model.k out of the zip, or leave "
      "race_refine out.");
}

TEST(RaceKeys, AnExclusionByKIsNotRefined) {
  const std::string start =
      "[model]\nk = 5, 10, 20\nhidden = 100, 200\n[train]\nseed = 0..5\n[grid]\nsearch = race\n";
  EXPECT_EQ(
      refusal_of(start + "race_refine = yes\nexclude = model.hidden=100 & model.k=10\n"),
      "x.cfg:8: grid.race_refine = yes, but grid.exclude names model.k (model.hidden=100 & model.k=10): the race might "
      "add the very value that is left out. Exclude by other keys, give the values of model.k in two sweeps, or leave "
      "race_refine out.");
  EXPECT_TRUE(sweep_of(start + "exclude = model.hidden=100 & model.k=10\n").race);
}

TEST(RaceKeys, AnExclusionOrAZipByTheKindIsRefined) {
  const std::string start =
      "[model]\nk = 5, 20\nkind = k-sparse, batch-topk\nhidden = 100, 200\n[train]\nseed = 0..5\n"
      "[grid]\nsearch = race\nrace_refine = yes\n";
  EXPECT_EQ(refusal_of(start + "exclude = model.kind=batch-topk & model.hidden=100\n"), "accepted");
  EXPECT_EQ(refusal_of(start + "zip = model.kind, model.hidden\n"), "accepted");
}

TEST(RaceKeys, ARefinementWithNothingBetweenIsRefused) {
  const auto with = [](const std::string& model) {
    return "[model]\n" + model + "\n[train]\nseed = 0..5\n[grid]\nsearch = race\nrace_refine = yes\n";
  };
  EXPECT_EQ(
      refusal_of(with("k = 7, 8, 9")),
      "x.cfg:7: grid.race_refine = yes, but no two settings that differ in model.k alone have a whole number "
      "between their values: there is nothing to add. Spread the values of model.k, or leave race_refine out.");
  EXPECT_THAT(refusal_of(with("kind = plain, wta\nk = 5, 20")), testing::HasSubstr("nothing to add"));
  EXPECT_TRUE(sweep_of(with("k = 7, 9")).race->refine);
  EXPECT_TRUE(sweep_of(with("kind = plain, k-sparse\nk = 5, 20")).race->refine);
}

TEST(RaceKeys, WithoutARaceTheyAreNoted) {
  EXPECT_THAT(sweep_of(grid + "race_start = 3\n").notes,
              ElementsAre("x.cfg:6: grid.race_start has no effect without grid.search = race"));
}

TEST(RaceKeys, ANumberOutOfRangeIsRefused) {
  EXPECT_EQ(
      refusal_of(grid + "search = race\nrace_error = 0.9\n"),
      "x.cfg:7: grid.race_error = 0.9 is no number from 1e-6 to 0.5: when settings leave the race is unclear. "
      "Correct it.");
  EXPECT_EQ(refusal_of(grid + "search = race\nrace_start = 2.5\n"),
            "x.cfg:7: grid.race_start = 2.5 is no whole number: it counts seeds. Correct it.");
}

TEST(RaceKeys, NumbersAtTheEndsOfTheirRangesAreAccepted) {
  const auto with = [](const std::string& line) {
    return refusal_of(grid + "search = race\nrace_start = 4\n" + line + "\n");
  };
  for (const char* line :
       {"race_error = 1e-6", "race_error = 0.5", "race_tolerance = 0", "race_tolerance = 1e9"})
    EXPECT_EQ(with(line), "accepted") << line;
  for (const char* line :
       {"race_error = 9e-7", "race_error = 0.51", "race_tolerance = -1", "race_tolerance = 2e9",
        "race_tolerance = 1x", "race_tolerance = x", "race_tolerance = nan"})
    EXPECT_THAT(with(line), testing::HasSubstr("is no number from ")) << line;
  EXPECT_EQ(refusal_of(grid + "search = race\nrace_start = 2\n"), "accepted");
  EXPECT_EQ(refusal_of(grid + "search = race\nrace_start = 6\n"), "accepted");
  EXPECT_EQ(refusal_of(grid + "search = race\nrace_start = 2\n", {"train.seed=0..1"}), "accepted");
  for (const char* start : {"1", "1e6"})
    EXPECT_THAT(refusal_of(grid + "search = race\nrace_start = " + start + "\n"),
                testing::HasSubstr("is no number from 2 to 1e5"));
}

TEST(RaceKeys, ASearchThatIsNoneIsRefused) {
  EXPECT_EQ(
      refusal_of(grid + "search = random\n"),
      "x.cfg:6: grid.search = random is neither all nor race: which trials to train is unclear. Write one of "
      "the two.");
}

TEST(RaceKeys, OneSettingDoesNotRace) {
  EXPECT_EQ(
      refusal_of(grid + "search = race\n", {"model.k=10"}),
      "x.cfg:6: grid.search = race with one setting: it has no opponent. Give another key several values.");
}

TEST(RaceKeys, OneKIsNotRefined) {
  EXPECT_EQ(
      refusal_of(grid + "search = race\nrace_refine = yes\n", {"model.k=10", "model.hidden=50, 100"}),
      "x.cfg:7: grid.race_refine = yes, but model.k has one value: there are none between which to add others. Give "
      "several, for example model.k = 5, 20, 80, or leave race_refine out.");
}

TEST(RaceKeys, TooFewSeedsAreRefused) {
  EXPECT_EQ(
      refusal_of(grid + "search = race\nrace_start = 7\n"),
      "x.cfg:4: train.seed has 6 values, fewer than grid.race_start = 7: no setting could leave the race. Give "
      "more seeds, or lower race_start.");
  EXPECT_EQ(
      refusal_of(grid + "search = race\n", {"train.seed=1"}),
      "--set: grid.search = race, but train.seed has one value: settings race over seeds. Give several, for "
      "example train.seed = 0..9.");
}

TEST(RaceKeys, SettingsThatLackSeedsAreRefused) {
  EXPECT_EQ(
      refusal_of(grid + "search = race\nexclude = model.k=10 & train.seed=3\n"),
      "x.cfg:4: grid.search = race, but a setting has 5 of the 6 values of train.seed: settings are compared seed "
      "by seed. Zip no other key with train.seed, and exclude no seed of some settings alone.");
}

}  // namespace
}  // namespace ksweep
