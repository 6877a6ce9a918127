#include "model/batch.h"

#include <gtest/gtest.h>

#include <numeric>
#include <tuple>

#include "emulated_amx.h"
#include "kernels/isa.h"
#include "sample_batch.h"

namespace ksweep {
namespace {

using Case = std::tuple<bool, Activation, Penalty, int, std::string>;
class BatchAgainstReference : public testing::TestWithParam<Case> {};

TEST_P(BatchAgainstReference, LossAndGradientAgree) {
  const auto [tied, activation, kind, k, isa] = GetParam();
  Network net = initial_network(small_trial(activation, tied), n_inputs);
  OptimizerState state = initial_state(net, Optimizer::sgd);
  const Team team(2);
  Batch batch(kernels_for(isa), net, n_samples + 3, team);
  fill(batch);
  const PenaltyRule penalty{kind, 0.2f, 0.1f};
  const reference::Net<double> before = to_double(net);
  const auto task = reference::k_sparse_task(before, inputs_of(batch), k);

  batch.encode(net, n_samples, k);
  batch.reconstruct(net);
  EXPECT_NEAR(batch.reconstruction_loss() / n_samples + batch.penalty(penalty),
              reference::loss(before, task, penalty), 2e-5);

  const auto gradient = reference::gradient(before, task, penalty);
  batch.backward_and_update(net, state, penalty, {Optimizer::sgd, 1, 0, 0, 0, 0, 1, 1});  // value -= gradient
  const reference::Net<double> after = to_double(net);
  EXPECT_LT((before.encoder - after.encoder - gradient.encoder).cwiseAbs().maxCoeff(), 1e-5);
  if (!tied) {
    EXPECT_LT((before.decoder - after.decoder - gradient.decoder).cwiseAbs().maxCoeff(), 1e-5);
  }
  EXPECT_LT((before.hidden_bias - after.hidden_bias - gradient.hidden_bias).cwiseAbs().maxCoeff(), 1e-5);
  EXPECT_LT((before.visible_bias - after.visible_bias - gradient.visible_bias).cwiseAbs().maxCoeff(), 1e-5);
}

INSTANTIATE_TEST_SUITE_P(
    AllCombinations, BatchAgainstReference,
    testing::Combine(testing::Bool(),
                     testing::Values(Activation::linear, Activation::relu, Activation::sigmoid),
                     testing::Values(Penalty::none, Penalty::l1),
                     testing::Values(1, 3, 8, n_hidden - 1, n_hidden), testing::ValuesIn(all_isas())));
INSTANTIATE_TEST_SUITE_P(KullbackLeibler, BatchAgainstReference,  // of activations in [0, 1] only
                         testing::Combine(testing::Bool(), testing::Values(Activation::sigmoid),
                                          testing::Values(Penalty::kl),
                                          testing::Values(1, 3, 8, n_hidden - 1, n_hidden),
                                          testing::ValuesIn(all_isas())));

TEST(Batch, ReconstructsFromAScaledCode) {
  for (const int k : {3, n_hidden}) {
    const Network net = initial_network(small_trial(Activation::linear, false), n_inputs);
    const Team team(2);
    Batch batch(best_kernels(), net, n_samples, team);
    fill(batch);
    batch.encode(net, n_samples, k);
    batch.reconstruct(net, 0.5f, Batch::Residual::as_is);
    reference::Net<double> halved = to_double(net);
    const auto task = reference::k_sparse_task(halved, inputs_of(batch), k);
    halved.decoder *= 0.5;
    EXPECT_NEAR(batch.reconstruction_loss() / n_samples, reference::loss(halved, task, {}), 2e-5) << k;
  }
}

/// The best of those without screening, and those with it.
std::vector<const Kernels*> all_kernels() {
  std::vector<const Kernels*> list = screening_kernels();
  list.push_back(&best_kernels());
  return list;
}

std::string hash_after_training(const Kernels& kernels, Optimizer optimizer, int k, int n_threads,
                                int n_threads_later = 0) {
  Network net = initial_network(small_trial(Activation::linear, true), n_inputs);
  OptimizerState state = initial_state(net, optimizer);
  Team team(n_threads);
  Batch batch(kernels, net, n_samples, team);
  fill(batch);
  for (int step = 0; step < 5; ++step) {
    if (step == 2) team.grow_to(n_threads_later);
    batch.encode(net, n_samples, k);
    if (step == 3) team.grow_to(n_threads_later + 1);
    batch.reconstruct(net);
    batch.backward_and_update(net, state, {}, {optimizer, 0.01f, 0.9f, 0.001f, 0.999f, 1e-8f, 0.5f, 0.5f});
  }
  return weights_sha256(net);
}

TEST(Batch, BitsDoNotDependOnThreads) {
  for (const Kernels* kernels : all_kernels())
    for (Optimizer optimizer : {Optimizer::sgd, Optimizer::adam})
      for (int k : {3, 5, n_hidden})
        for (int n_threads : {2, 3, 4})
          EXPECT_EQ(hash_after_training(*kernels, optimizer, k, 1),
                    hash_after_training(*kernels, optimizer, k, n_threads))
              << kernels->isa << k;
}

TEST(Batch, BitsDoNotDependOnATeamThatGrowsBetweenStepsAndInside) {
  for (const Kernels* kernels : all_kernels())
    for (int k : {3, 5, n_hidden})
      EXPECT_EQ(hash_after_training(*kernels, Optimizer::adam, k, 1),
                hash_after_training(*kernels, Optimizer::adam, k, 1, 3))
          << kernels->isa << k;
}

void expect_same_bits_if_encoded_during_the_update(const Kernels& kernels) {
  for (int k : {3, 5, n_hidden}) {
    Network net = initial_network(small_trial(Activation::linear, true), n_inputs);
    OptimizerState state = initial_state(net, Optimizer::sgd);
    const Team team(2);
    Batch first(kernels, net, n_samples, team), second(kernels, net, n_samples, team);
    fill(first);
    fill(second);
    Batch *batch = &first, *next = &second;
    batch->encode(net, n_samples, k);
    for (int step = 0; step < 5; ++step) {
      batch->reconstruct(net);
      EpochSettings settings;
      settings.k = k;
      next->start_encoding(n_samples, settings);
      batch->backward_and_update(net, state, {},
                                 {Optimizer::sgd, 0.01f, 0.9f, 0.001f, 0.999f, 1e-8f, 0.5f, 0.5f}, next);
      next->finish_encoding(net);
      std::swap(batch, next);
    }
    EXPECT_EQ(weights_sha256(net), hash_after_training(kernels, Optimizer::sgd, k, 1)) << kernels.isa << k;
  }
}

TEST(Batch, EncodingTheNextBatchDuringTheUpdateGivesTheSameBits) {
  for (const Kernels* kernels : all_kernels()) expect_same_bits_if_encoded_during_the_update(*kernels);
}

std::vector<double> losses_of_200_steps(const Kernels& kernels) {
  Trial trial = small_trial(Activation::linear, true);
  trial.n_hidden = 400;
  Network net = initial_network(trial, n_inputs);
  OptimizerState state = initial_state(net, Optimizer::sgd);
  const Team team(1);
  Batch batch(kernels, net, n_samples, team);
  fill(batch);
  std::vector<double> losses;
  for (int step = 0; step < 200; ++step) {
    batch.encode(net, n_samples, 25);
    batch.reconstruct(net);
    losses.push_back(batch.reconstruction_loss());
    batch.backward_and_update(net, state, {}, {Optimizer::sgd, 0.001f, 0.9f, 0, 0, 0, 1, 1});
  }
  return losses;
}

TEST(Batch, ScreeningTrainsAsTheFloat32ProductDoes) {
  const std::vector<double> expected = losses_of_200_steps(best_kernels());
  EXPECT_LT(expected.back(), 0.5 * expected.front());
  for (const Kernels* kernels : screening_kernels()) {
    const std::vector<double> losses = losses_of_200_steps(*kernels);
    for (std::size_t i = 0; i < losses.size(); ++i)
      ASSERT_NEAR(losses[i], expected[i], 1e-4 * expected[i]) << kernels->isa << " step " << i;
  }
}

TEST(Batch, PaddingStaysZero) {
  Network net = initial_network(small_trial(Activation::sigmoid, false), n_inputs);
  OptimizerState state = initial_state(net, Optimizer::sgd);
  const Team team(1);
  Batch batch(best_kernels(), net, n_samples, team);
  fill(batch);
  for (int k : {3, n_hidden}) {
    batch.encode(net, n_samples, k);
    batch.reconstruct(net);
    batch.backward_and_update(net, state, {}, {Optimizer::sgd, 0.1f, 0.9f, 0.1f, 0, 0, 1, 1});
  }
  for (int unit = 0; unit < n_hidden; ++unit)
    for (int c = n_inputs; c < net.stride; ++c) {
      EXPECT_EQ(net.encoder_row(unit)[c], 0);
      EXPECT_EQ(net.decoder_row(unit)[c], 0);
    }
}

TEST(Batch, CountsActiveUnits) {
  Network net = initial_network(small_trial(Activation::linear, true), n_inputs);
  const Team team(1);
  Batch batch(best_kernels(), net, n_samples, team);
  fill(batch);
  batch.encode(net, n_samples, 4);
  std::vector<std::uint32_t> active(n_hidden);
  EXPECT_EQ(batch.count_active(active), std::size_t{4 * n_samples});
  EXPECT_EQ(std::accumulate(active.begin(), active.end(), 0u), 4u * n_samples);
}

}  // namespace
}  // namespace ksweep
