// The same bits on any number of threads, for every path through the training.
#include <tuple>

#include "small_data.h"

namespace ksweep {
namespace {

using Case = std::tuple<Optimizer, int, Penalty, bool>;  // k = 20: nothing is dropped
class TrainBits : public testing::TestWithParam<Case> {};

TEST_P(TrainBits, DoNotDependOnThreads) {
  const auto [optimizer, k, penalty, tied] = GetParam();
  const Dataset data = small_dataset();
  Trial trial = small_trial();
  trial.optimizer = optimizer;
  trial.k = k;
  trial.penalty = penalty;
  trial.sparsity_weight = penalty == Penalty::none ? 0 : 0.01;
  trial.activation = penalty == Penalty::kl ? Activation::sigmoid : Activation::linear;
  trial.tied = tied;
  trial.probe_every = 2;
  trial.probe_l2 = trial.probe_tolerance =
      1e-3;  // short: many short parallel regions take long on a busy machine
  const TrialResult alone = trained(trial, data, 1);
  ASSERT_EQ(alone.status, Status::done) << alone.reason;
  for (const int n_threads : {2, 3}) expect_equal_bits(alone, trained(trial, data, n_threads));
}

INSTANTIATE_TEST_SUITE_P(AllPaths, TrainBits,
                         testing::Combine(testing::Values(Optimizer::sgd, Optimizer::adam),
                                          testing::Values(4, 20),
                                          testing::Values(Penalty::none, Penalty::l1, Penalty::kl),
                                          testing::Bool()));

TEST(TrainBits, OfRawPixelsDoNotDependOnThreads) {
  Trial trial = small_trial();
  trial.kind = ModelKind::raw;
  const TrialResult alone = trained(normalised(trial), small_dataset(), 1);
  for (const int n_threads : {2, 3})
    expect_equal_bits(alone, trained(normalised(trial), small_dataset(), n_threads));
}

/// By a team that gives threads back and takes them again after every piece of work.
TrialResult trained_by_changing_team(const Trial& trial) {
  Team team(3);
  TrainSettings changing = settings(team);
  changing.keep_going = [&, n_calls = 0]() mutable {
    team.use(1 + n_calls++ % 3);
    return true;
  };
  return train(std::span(&trial, 1), small_dataset(), changing).at(0);
}

using Keys = std::vector<std::pair<const char*, const char*>>;
class TrainBitsOfKinds : public testing::TestWithParam<Keys> {};

TEST_P(TrainBitsOfKinds, DoNotDependOnThreads) {
  Trial trial = small_trial();
  trial.probe_l2 = trial.probe_tolerance = 1e-3;
  for (const auto& [key, value] : GetParam())
    ASSERT_EQ(set_from_text(*find_key(key), trial, value), std::nullopt) << key;
  trial = normalised(trial);
  const TrialResult alone = trained(trial, small_dataset(), 1);
  ASSERT_EQ(alone.status, Status::done) << alone.reason;
  expect_equal_bits(alone, trained(trial, small_dataset(), 2));
  expect_equal_bits(alone, trained_by_changing_team(trial));
}

INSTANTIATE_TEST_SUITE_P(
    All, TrainBitsOfKinds,
    testing::Values(
        Keys{{"model.dropout", "0.3"}, {"model.input_noise", "0.3"}},
        Keys{{"model.activation", "relu"}, {"model.aux_weight", "1"}, {"model.aux_units", "5"}},
        Keys{{"model.pre_bias", "yes"}, {"model.unit_norm", "yes"}, {"model.tied", "no"}},
        Keys{{"model.kind", "batch-topk"}, {"model.activation", "relu"}},
        Keys{{"model.kind", "matryoshka-batch-topk"}, {"model.activation", "relu"}, {"model.prefixes", "3"}},
        Keys{{"model.kind", "jump-relu"},
             {"model.activation", "relu"},
             {"model.penalty", "l0"},
             {"model.sparsity_weight", "0.1"},
             {"model.bandwidth", "0.1"}},
        Keys{{"model.multi_topk", "0.125"}}, Keys{{"model.kind", "wta"}, {"model.activation", "relu"}},
        Keys{{"model.kind", "plain"}, {"model.dropout", "0.3"}, {"model.input_noise", "0.3"}},
        Keys{{"model.kind", "rbm"}, {"model.cd_steps", "2"}}, Keys{{"model.kind", "random"}},
        Keys{{"model.kind", "rbm"}, {"model.persistent", "yes"}, {"model.visible_bias", "mean"}},
        Keys{{"model.kind", "rbm"}, {"model.cd_steps", "2"}, {"model.dropout", "0.3"}},
        Keys{{"train.weight_average", "0.9"},
             {"probe.kind", "fine-tune"},
             {"probe.weight_average", "0.9"},
             {"probe.max_norm", "0.5"},
             {"model.activation", "relu"}},
        Keys{{"model.targets", "classes"}},
        Keys{{"model.visible_bias", "mean"}, {"model.pre_bias", "yes"}, {"train.samples", "200"}},
        Keys{{"model.activation", "relu"},
             {"model.aux_weight", "1"},
             {"model.aux_units", "0"},
             {"model.aux_loss", "normalised"},
             {"model.dead_after", "30"}},
        Keys{{"model.targets", "clusters"}, {"model.clusters", "4"}}, Keys{{"model.layers", "20-12"}},
        Keys{{"model.kind", "rbm"}, {"model.layers", "20-12"}},
        Keys{{"model.kind", "wta"}, {"model.layers", "20-12"}, {"probe.kind", "fine-tune"}}));

TEST(TrainBits, DoNotDependOnATeamThatGrowsAtAnyMoment) {
  for (const int k : {4, 20}) {
    Trial trial = small_trial();
    trial.k = k;
    trial.probe_l2 = trial.probe_tolerance = 1e-3;
    const TrialResult alone = trained(trial, small_dataset());
    for (const int call : {1, 9, 25}) {  // before the first mini-batch, in an epoch, in encoding or probe
      Team team(1);
      TrainSettings growing = settings(team);
      growing.keep_going = [&, n_calls = 0]() mutable {
        if (++n_calls == call) team.grow_to(3);
        return true;
      };
      expect_equal_bits(alone, train(std::span(&trial, 1), small_dataset(), growing).at(0));
      EXPECT_EQ(team.n_threads(), 3);
    }
  }
}

TEST(TrainBits, DifferForEachKeyThatChangesTheTraining) {
  const Dataset data = small_dataset();
  const std::string before = trained(small_trial(), data).weights_sha256;
  const std::pair<const char*, const char*> changes[] = {{"model.k", "5"},
                                                         {"model.tied", "no"},
                                                         {"model.activation", "relu"},
                                                         {"train.batch", "27"},
                                                         {"train.optimizer", "adam"},
                                                         {"train.learning_rate", "0.02"},
                                                         {"train.learning_rate_schedule", "linear"},
                                                         {"train.momentum", "0.8"},
                                                         {"train.weight_decay", "0.1"},
                                                         {"train.momentum_schedule", "0.5"},
                                                         {"train.weight_average", "0.9"},
                                                         {"train.k_start", "10"},
                                                         {"train.k_schedule", "0"},
                                                         {"train.initial_scale", "0.2"},
                                                         {"train.seed", "1"},
                                                         {"data.validation", "29"},
                                                         {"train.epochs", "3"},
                                                         {"train.samples", "200"},
                                                         {"train.cooldown", "0.2"},
                                                         {"train.learning_rate_scaling", "units"},
                                                         {"model.visible_bias", "mean"}};
  for (const auto& [key, value] : changes) {
    Trial trial = small_trial();
    ASSERT_EQ(set_from_text(*find_key(key), trial, value), std::nullopt);
    EXPECT_NE(trained(trial, data).weights_sha256, before) << key;
  }
}

}  // namespace
}  // namespace ksweep
