#include "run/shard.h"

#include <gmock/gmock.h>

#include "refusal.h"

namespace ksweep {
namespace {

using ::testing::HasSubstr;

/// Trainings of two trials each.
std::vector<PlannedTrial> plan_of(std::size_t n_trials) {
  std::vector<PlannedTrial> plan(n_trials);
  for (std::size_t i = 0; i < n_trials; ++i) {
    plan[i].trial.n_hidden = 10 + 10 * static_cast<int>(i / 2);
    plan[i].trial.layers = "none";
    plan[i].id = i;
    plan[i].training_id = i / 2;
  }
  return plan;
}

DataFacts small_facts(const Trial&) {
  DataFacts facts;
  facts.n_inputs = 10;
  facts.n_classes = 2;
  facts.n_train = 100;
  facts.n_validation = facts.n_test = 10;
  return facts;
}

TEST(Shards, HoldEachTrialOnceAndTrialsOfATrainingTogether) {
  const auto plan = plan_of(22);
  std::vector<int> n_shards(plan.size());
  for (int number = 1; number <= 3; ++number) {
    const auto mine = trials_of_shard({number, 3}, plan, small_facts);
    for (std::size_t i = 0; i < plan.size(); ++i) {
      n_shards[i] += mine[i];
      EXPECT_EQ(mine[i], mine[i ^ 1]);
    }
    EXPECT_GE(std::ranges::count(mine, true), 6);
  }
  EXPECT_THAT(n_shards, ::testing::Each(1));
}

TEST(Shards, OfAWholeSweepAreAllItsTrials) {
  EXPECT_THAT(trials_of_shard({}, plan_of(4), small_facts), ::testing::Each(true));
}

TEST(Shards, ThatDoNotExistAreRefused) {
  for (const char* text : {"0/3", "4/3", "1", "1/", "a/b", "1/3x", "-1/3"})
    EXPECT_THAT(refusal([&] { shard_from_text(text); }), HasSubstr("is no part of a sweep")) << text;
  EXPECT_EQ(shard_from_text("3/8").suffix(), "-3of8");
}

}  // namespace
}  // namespace ksweep
