// Which trials are the same one.

#include <gmock/gmock.h>

#include "core/trial_keys.h"
#include "trial_with.h"

namespace ksweep {
namespace {

/// Whether one is trained for both, after what has no effect was set aside.
bool are_one(const Trial& one, const Trial& other) {
  return identity(normalised(one)) == identity(normalised(other));
}

struct Unused {
  const char *key, *one, *other, *because, *of, *used_by;
};

class WhereItIsNotLookedAt : public ::testing::TestWithParam<Unused> {};

TEST_P(WhereItIsNotLookedAt, AKeyMakesNoOtherTrial) {
  const auto [key, one, other, because, of, used_by] = GetParam();
  EXPECT_TRUE(are_one(trial_with({{because, of}, {key, one}}), trial_with({{because, of}, {key, other}})));
  EXPECT_FALSE(
      are_one(trial_with({{because, used_by}, {key, one}}), trial_with({{because, used_by}, {key, other}})));
}

INSTANTIATE_TEST_SUITE_P(
    Keys, WhereItIsNotLookedAt,
    ::testing::Values(Unused{"probe.neighbours", "3", "5", "probe.kind", "softmax", "knn"},
                      Unused{"probe.l2", "0.1", "0.2", "probe.kind", "knn", "softmax"},
                      Unused{"probe.c", "1", "2", "probe.kind", "softmax", "svm"},
                      Unused{"model.attraction", "0.5", "1", "model.targets", "inputs", "classes"},
                      Unused{"model.sparsity_weight", "0.1", "0.2", "model.penalty", "none", "kl"},
                      Unused{"train.momentum_start", "0.1", "0.2", "train.momentum_schedule", "0", "0.5"}),
    [](const auto& test) {
      return std::string(test.param.key).substr(std::string(test.param.key).find('.') + 1);
    });

TEST(Identity, OfAnRbmKnowsTheDecayOfASparsityTargetWhereItHasOne) {
  const auto of = [](const char* penalty, const char* decay) {
    return trial_with({{"model.kind", "rbm"},
                       {"model.penalty", penalty},
                       {"model.sparsity_weight", "0.1"},
                       {"model.sparsity_decay", decay}});
  };
  EXPECT_TRUE(are_one(of("none", "0.8"), of("none", "0.95")));
  EXPECT_FALSE(are_one(of("kl", "0.8"), of("kl", "0.95")));
}

TEST(Identity, IsOfTheSamplesAndNotOfTheirName) {
  Trial trial = default_trial();
  trial.data_set = "mnist";
  trial.data_hash = "abc";
  Trial renamed = trial, other_samples = trial;
  renamed.data_set = "digits.h5";
  other_samples.data_hash = "abd";
  EXPECT_TRUE(are_one(trial, renamed));
  EXPECT_FALSE(are_one(trial, other_samples));
}

// Each layer of a greedy stack is trained on what the one below encodes with alpha k.
TEST(Identity, OfTheTrainingKnowsAlphaOfStacksAlone) {
  const auto of = [](const char* layers, const char* training, const char* alpha) {
    return identity(normalised(trial_with(
                        {{"model.layers", layers}, {"model.training", training}, {"model.alpha", alpha}})),
                    true);
  };
  EXPECT_NE(of("200-100", "greedy", "1"), of("200-100", "greedy", "2"));
  EXPECT_EQ(of("200-100", "joint", "1"), of("200-100", "joint", "2"));
  EXPECT_EQ(of("none", "greedy", "1"), of("none", "greedy", "2"));
}

}  // namespace
}  // namespace ksweep
