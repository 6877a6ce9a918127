#include "run/seed_pairs.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <limits>

#include "base/sha256.h"
#include "core/trial_keys.h"

namespace ksweep {
namespace {

SeedPair pair_without_cosines(std::uint64_t id) {
  SeedPair pair;
  pair.id = id;
  return pair;
}

/// A plan of two settings with three seeds each, of one with one seed, and of a baseline.
class SeedPairs : public testing::Test {
 protected:
  SeedPairs() {
    for (const int k : {5, 10})
      for (const int seed : {0, 1, 2}) add(k, seed);
    add(20, 0);
    Trial raw = default_trial();
    raw.kind = ModelKind::raw;
    add(normalised(raw));
  }
  ~SeedPairs() override { std::filesystem::remove_all(folder); }

  void add(int k, int seed) {
    Trial trial = default_trial();
    trial.k = k;
    trial.seed = seed;
    add(trial);
  }
  void add(Trial trial) {
    trial.data_hash = "abc";
    plan.push_back({trial, trial_id(trial), training_id(trial)});
  }
  std::vector<PlannedPair> pairs() const {
    return plan_pairs(sweep, plan, [this](const Trial&) { return facts; });
  }
  static std::vector<std::pair<std::uint32_t, std::uint32_t>> positions(
      const std::vector<PlannedPair>& pairs) {
    std::vector<std::pair<std::uint32_t, std::uint32_t>> found;
    for (const PlannedPair& pair : pairs) found.emplace_back(pair.first, pair.second);
    return found;
  }

  Sweep sweep;
  DataFacts facts;  // no labels
  std::vector<PlannedTrial> plan;
  const std::filesystem::path folder = testing::TempDir() + "/seed_pairs." + std::to_string(::getpid());
  const Store store{folder};
};

TEST_F(SeedPairs, AreOfOneSettingAndDifferInTheSeed) {
  using P = std::pair<std::uint32_t, std::uint32_t>;
  EXPECT_THAT(positions(pairs()), testing::ElementsAre(P(0, 1), P(0, 2), P(1, 2), P(3, 4), P(3, 5), P(4, 5)));
  EXPECT_NE(pairs()[0].id, pairs()[1].id);
}

TEST_F(SeedPairs, OfTrialsThatShareATrainingAreComparedOnce) {
  Trial probed = plan[0].trial;
  probed.probe_kind = ProbeKind::svm;
  plan.insert(plan.begin() + 1, {probed, trial_id(probed), training_id(probed)});
  EXPECT_EQ(pairs().size(), 6u);
}

TEST_F(SeedPairs, AreLeftOutWhereThereAreLabelsUnlessTheyAreAskedFor) {
  facts.n_classes = 10;
  EXPECT_TRUE(pairs().empty());
  sweep.consistency = Consistency::yes;
  EXPECT_EQ(pairs().size(), 6u);
  facts.n_classes = 0;
  sweep.consistency = Consistency::no;
  EXPECT_TRUE(pairs().empty());
}

TEST_F(SeedPairs, OfStacksAreNotCompared) {
  for (PlannedTrial& planned : plan) planned.trial.layers = "20-10";
  EXPECT_TRUE(pairs().empty());
}

TEST_F(SeedPairs, NeedTheWeightsOfBothUntilTheyAreStored) {
  const auto all = pairs();
  EXPECT_THAT(needed_for_pairs(all, plan, store),
              testing::ElementsAre(true, true, true, true, true, true, false, false));
  for (const std::size_t i : {0u, 1u}) store.write_pair(pair_without_cosines(all[i].id), all[i].identity);
  EXPECT_THAT(needed_for_pairs(all, plan, store),
              testing::ElementsAre(false, true, true, true, true, true, false, false));
}

TEST_F(SeedPairs, OfATrainingThatNoRoundAsksForAreImpossible) {
  std::vector<TrialResult> trials(plan.size());
  for (const std::size_t i : {0u, 1u, 3u, 4u}) trials[i].status = Status::done;
  const RaceField field{.racing = {{0, 1, 2}, {3, 4, 5}}, .baselines = {}};
  RaceState state{
      RaceEnd::going_on, 2, 0, {0}, {{.setting = 1, .n_seeds = 2, .leader = 0, .of_difference = {}}}, {}};
  using Expected = std::vector<std::pair<std::uint32_t, std::uint32_t>>;
  EXPECT_EQ(positions(possible_pairs(pairs(), field, state, trials)),
            (Expected{{0, 1}, {0, 2}, {1, 2}, {3, 4}}));
  state.end = RaceEnd::one_left;
  EXPECT_EQ(positions(possible_pairs(pairs(), field, state, trials)), (Expected{{0, 1}, {3, 4}}));
}

TEST_F(SeedPairs, GiveEachTrialTheMeanOverTheOtherSeeds) {
  const auto all = pairs();
  const auto write = [&](std::size_t i, double mcc, std::vector<float> of_first,
                         std::vector<float> of_second) {
    const float nan = std::numeric_limits<float>::quiet_NaN();
    of_first.push_back(nan);  // a unit that is not live
    store.write_pair({.id = all[i].id,
                      .first = plan[all[i].first].training_id,
                      .second = plan[all[i].second].training_id,
                      .mcc = mcc,
                      .upper = mcc,
                      .by_chance = 0.1,
                      .cosine_of_first = std::move(of_first),
                      .cosine_of_second = std::move(of_second)},
                     all[i].identity);
  };
  write(0, 0.5, {0.9f, 0.1f}, {0.9f, 0.1f, 0.2f, 0.3f});
  write(1, 0.7, {0.9f, 0.8f}, {0.9f, 0.8f});
  std::vector<TrialResult> trials(plan.size());
  for (TrialResult& result : trials) result.status = Status::done;
  trials[2].status = Status::failed;
  add_consistency(all, plan, store, trials);
  EXPECT_DOUBLE_EQ(trials[0].consistency, 0.6);
  EXPECT_DOUBLE_EQ(trials[0].reappearing_units, 0.75);  // a half and both
  EXPECT_DOUBLE_EQ(trials[0].consistency_by_chance, 0.1);
  EXPECT_DOUBLE_EQ(trials[1].consistency, 0.5);
  EXPECT_DOUBLE_EQ(trials[1].reappearing_units, 0.25);
  EXPECT_TRUE(std::isnan(trials[2].consistency));
  EXPECT_TRUE(std::isnan(trials[3].consistency));
}

}  // namespace
}  // namespace ksweep
