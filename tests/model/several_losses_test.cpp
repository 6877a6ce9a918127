// Losses beyond that of one reconstruction, against plain formulas in double precision: nested prefixes (Matryoshka), the 4 k
// largest beside the k largest (Multi-TopK), and thresholds that learn (JumpReLU).
#include <gtest/gtest.h>

#include "kernels/isa.h"
#include "model/prefix_ends.h"
#include "sample_batch.h"

namespace ksweep {
namespace {

using Net = reference::Net<double>;

Matrix<double> kept_of(const Batch& batch) {
  Matrix<double> kept = Matrix<double>::Zero(n_samples, n_hidden);
  for (int unit = 0; unit < n_hidden; ++unit)
    for (const CodeEntry& entry : batch.entries(unit)) kept(entry.sample, unit) = 1;
  return kept;
}

/// Mean over samples of half the squared error of what these kept units reconstruct.
double loss_of(const Net& net, const Matrix<double>& inputs, const Matrix<double>& kept) {
  return reference::loss(net, reference::Task<double>{inputs, inputs, kept}, PenaltyRule{});
}

constexpr int n_prefixes = 4;

double prefix_loss(const Net& net, const Matrix<double>& inputs, const Matrix<double>& kept) {
  double sum = 0;
  for (const int end : {n_hidden / 8, n_hidden / 4, n_hidden / 2, n_hidden}) {
    Matrix<double> first = kept;
    first.rightCols(n_hidden - end).setZero();
    sum += loss_of(net, inputs, first) / n_prefixes;
  }
  return sum;
}

/// What the update with rate 1 subtracted from every parameter is the slope of the loss, by central differences.
template <class Loss>
void expect_gradient(const Net& before, const Net& after, const Loss& loss) {
  constexpr double step = 1e-5;
  const auto check = [&](auto part, const char* name) {
    for (Eigen::Index i = 0; i < (before.*part).size();
         i += 23) {  // a sample of them, in all rows and columns
      Net above = before, below = before;
      (above.*part).data()[i] += step;
      (below.*part).data()[i] -= step;
      ASSERT_NEAR((before.*part).data()[i] - (after.*part).data()[i],
                  (loss(above) - loss(below)) / (2 * step), 2e-5)
          << name << " " << i;
    }
  };
  check(&Net::encoder, "encoder");
  if (!before.tied) check(&Net::decoder, "decoder");
  check(&Net::hidden_bias, "hidden bias");
  check(&Net::visible_bias, "visible bias");
}

struct Variant {
  const char* name;
  ModelKind kind;
  bool tied, pre_bias;
  Activation output;
};

class SeveralLosses : public testing::TestWithParam<Variant> {
 protected:
  Network network() const {
    Trial trial = small_trial(Activation::relu, GetParam().tied);
    trial.pre_bias = GetParam().pre_bias;
    trial.decoder = GetParam().output;
    return initial_network(trial, n_inputs);
  }
};

constexpr UpdateRule subtract_gradient{Optimizer::sgd, 1, 0, 0, 0, 0, 1, 1};

TEST_P(SeveralLosses, OfPrefixesHaveTheGradientOfTheirMean) {
  Network net = network();
  const Net before = to_double(net);
  OptimizerState state = initial_state(net, Optimizer::sgd);
  const Team team(2);
  Batch batch(best_kernels(), net, n_samples + 3, team);
  fill(batch);
  EpochSettings settings;
  settings.k = 5;
  settings.rule = sparsity_rule(GetParam().kind);
  settings.prefixes = n_prefixes;
  batch.encode(net, n_samples, settings);
  batch.reconstruct(net);
  const Matrix<double> inputs = inputs_of(batch), kept = kept_of(batch);
  EXPECT_NEAR(batch.reconstruction_loss() / n_samples, prefix_loss(before, inputs, kept), 1e-5);
  batch.backward_and_update(net, state, {}, subtract_gradient);
  expect_gradient(before, to_double(net), [&](const Net& at) { return prefix_loss(at, inputs, kept); });
}

TEST_P(SeveralLosses, OfMultiTopKHaveTheGradientOfTheirSum) {
  constexpr int k = 3;
  constexpr float weight = 0.5f;
  Network net = network();
  const Net before = to_double(net);
  OptimizerState state = initial_state(net, Optimizer::sgd);
  const Team team(2);
  Batch batch(best_kernels(), net, n_samples + 3, team);
  fill(batch);
  EpochSettings settings;
  settings.k = k;
  settings.multi_topk = weight;
  if (GetParam().kind != ModelKind::k_sparse) settings.rule = sparsity_rule(GetParam().kind);
  Batch wide(best_kernels(), net, n_samples + 3, team);
  fill(wide);
  EpochSettings of_wide = settings;
  of_wide.multi_topk = 0;
  of_wide.k = 4 * k;
  wide.encode(net, n_samples, of_wide);
  batch.encode(net, n_samples, settings);
  batch.reconstruct(net);
  const Matrix<double> inputs = inputs_of(batch), kept = kept_of(batch), kept_wide = kept_of(wide);
  EXPECT_GT(kept_wide.sum(), kept.sum());
  const auto loss = [&](const Net& at) {
    return loss_of(at, inputs, kept) + double{weight} * loss_of(at, inputs, kept_wide);
  };
  EXPECT_NEAR(batch.reconstruction_loss() / n_samples, loss(before), 1e-5);
  batch.backward_and_update(net, state, {}, subtract_gradient);
  expect_gradient(before, to_double(net), loss);
}

constexpr auto linear = Activation::linear, sigmoid = Activation::sigmoid;
INSTANTIATE_TEST_SUITE_P(
    AllVariants, SeveralLosses,
    testing::Values(Variant{"untied", ModelKind::matryoshka, false, false, linear},
                    Variant{"tied", ModelKind::batch_topk, true, false, linear},
                    Variant{"pre_bias", ModelKind::batch_topk, false, true, linear},
                    Variant{"pre_bias_of_sample", ModelKind::k_sparse, false, true, linear},
                    Variant{"sigmoid_outputs", ModelKind::k_sparse, false, false, sigmoid}),
    [](const auto& variant) { return variant.param.name; });

TEST(PrefixEnds, AreAllUnitsAndHalvesOfTheNext) {
  EXPECT_EQ(prefix_ends(100, 4), (std::vector{12, 25, 50, 100}));
  EXPECT_EQ(prefix_ends(16, 5), (std::vector{1, 2, 4, 8, 16}));
  EXPECT_TRUE(prefix_ends(100, 1).empty());
}

/// A JumpReLU network whose thresholds differ, some of them below 0.
Network jumping(bool tied, bool pre_bias) {
  Trial trial = small_trial(Activation::relu, tied);
  trial.kind = ModelKind::jump_relu;
  trial.pre_bias = pre_bias;
  trial.threshold_start = 0.4;
  Network net = initial_network(trial, n_inputs);
  for (int unit = 0; unit < n_hidden; ++unit)
    net.thresholds[unit] += 0.02f * static_cast<float>(unit % 11) - 0.1f;
  return net;
}

EpochSettings settings_of_jump() {
  EpochSettings settings;
  settings.k = n_hidden;
  settings.rule = sparsity_rule(ModelKind::jump_relu);
  settings.bandwidth = 0.3f;
  return settings;
}

TEST(JumpRelu, KeepsWhatIsAboveTheThresholdOfItsUnitInTrainingAndWithout) {
  const Network net = jumping(false, false);
  const Team team(1);
  Batch ruled(best_kernels(), net, n_samples, team), dense(best_kernels(), net, n_samples, team);
  fill(ruled);
  fill(dense);
  ruled.encode(net, n_samples, settings_of_jump());
  dense.encode(net, n_samples, n_hidden);
  const Matrix<double> z = reference::weighted_inputs(to_double(net), inputs_of(ruled)),
                       kept = kept_of(ruled);
  int n_kept = 0, n_cut = 0;
  for (int i = 0; i < n_samples; ++i)
    for (int unit = 0; unit < n_hidden; ++unit) {
      const bool above = z(i, unit) > std::max(0.0, double{net.thresholds[unit]});
      EXPECT_EQ(kept(i, unit), above) << i << " " << unit;
      EXPECT_NEAR(dense.dense_values(unit)[i], above ? z(i, unit) : 0, 1e-5);
      n_kept += above;
      n_cut += !above && z(i, unit) > 0;
    }
  EXPECT_GT(n_kept, 20);
  EXPECT_GT(n_cut, 20);
}

using JumpCase = std::tuple<bool, bool, Penalty>;  // tied, pre_bias, penalty
class JumpReluGradient : public testing::TestWithParam<JumpCase> {};

TEST_P(JumpReluGradient, OfWeightsIsThatOfTheKeptUnitsAndOfThresholdsThatOfTheWindow) {
  const auto [tied, pre_bias, kind] = GetParam();
  Network net = jumping(tied, pre_bias);
  const Net before = to_double(net);
  std::vector<double> thresholds(net.thresholds.data(), net.thresholds.data() + n_hidden);
  OptimizerState state = initial_state(net, Optimizer::sgd);
  const Team team(2);
  Batch batch(best_kernels(), net, n_samples, team);
  fill(batch);
  batch.encode(net, n_samples, settings_of_jump());
  batch.reconstruct(net);
  const Matrix<double> inputs = inputs_of(batch), kept = kept_of(batch);
  const double l0 = kept.sum() / n_samples, k = 4, weight = 0.25;
  const PenaltyRule penalty{kind, static_cast<float>(weight), 0, static_cast<float>(k)};
  EXPECT_NEAR(batch.penalty(penalty), kind == Penalty::l0 ? weight * std::pow(l0 / k - 1, 2) : 0, 1e-6);
  batch.backward_and_update(net, state, penalty, subtract_gradient);

  const reference::Task<double> task{inputs, inputs, kept};
  const Net after = to_double(net), gradient = reference::gradient(before, task, PenaltyRule{});
  EXPECT_LT((before.encoder - after.encoder - gradient.encoder).cwiseAbs().maxCoeff(), 1e-5);
  EXPECT_LT((before.hidden_bias - after.hidden_bias - gradient.hidden_bias).cwiseAbs().maxCoeff(), 1e-5);
  EXPECT_LT((before.visible_bias - after.visible_bias - gradient.visible_bias).cwiseAbs().maxCoeff(), 1e-5);

  // Rajamanoharan et al. 2024, equations 10 to 12.
  const double bandwidth = double{0.3f}, of_l0 = kind == Penalty::l0 ? 2 * weight * (l0 / k - 1) / k : 0;
  const Matrix<double> z = reference::weighted_inputs(before, inputs);
  const Matrix<double> slopes =
      (reference::reconstruction(before, reference::encode(before, task)) - inputs) *
      before.images().transpose();
  int in_windows = 0;
  for (int unit = 0; unit < n_hidden; ++unit) {
    const double threshold = thresholds[static_cast<std::size_t>(unit)];
    double slope = 0;
    for (int i = 0; i < n_samples; ++i) {
      if (std::abs(z(i, unit) - threshold) >= bandwidth / 2) continue;
      slope -= (slopes(i, unit) * threshold + of_l0) / bandwidth / n_samples;
      ++in_windows;
    }
    EXPECT_NEAR(threshold - double{net.thresholds[unit]}, slope, 1e-5) << unit;
  }
  EXPECT_GT(in_windows, 50);
}

INSTANTIATE_TEST_SUITE_P(AllCombinations, JumpReluGradient,
                         testing::Combine(testing::Bool(), testing::Bool(),
                                          testing::Values(Penalty::none, Penalty::l0)));

std::string hash_after_training(const EpochSettings& settings, int n_threads, bool pipelined) {
  Network net = settings.bandwidth > 0 ? jumping(false, true)
                                       : initial_network(small_trial(Activation::relu, false), n_inputs);
  OptimizerState state = initial_state(net, Optimizer::adam);
  const Team team(n_threads);
  Batch first(best_kernels(), net, n_samples, team), second(best_kernels(), net, n_samples, team);
  fill(first);
  fill(second);
  Batch *batch = &first, *next = &second;
  batch->encode(net, n_samples, settings);
  for (int step = 0; step < 4; ++step) {
    const UpdateRule rule{Optimizer::adam, 0.01f, 0.9f, 0.001f, 0.999f, 1e-8f, 0.5f, 0.5f};
    const PenaltyRule penalty{Penalty::l0, 0.1f, 0, 4};
    batch->reconstruct(net);
    if (pipelined) {
      next->start_encoding(n_samples, settings);
      batch->backward_and_update(net, state, penalty, rule, next);
      next->finish_encoding(net);
      std::swap(batch, next);
    } else {
      batch->backward_and_update(net, state, penalty, rule);
      batch->encode(net, n_samples, settings);
    }
  }
  return weights_sha256(net);
}

TEST(SeveralLossesBits, DependNeitherOnThreadsNorOnWhenTheNextBatchIsEncoded) {
  EpochSettings prefixes, multi;
  prefixes.k = multi.k = 5;
  prefixes.rule = sparsity_rule(ModelKind::matryoshka);
  prefixes.prefixes = n_prefixes;
  multi.multi_topk = 0.125f;
  for (const EpochSettings& settings : {prefixes, multi, settings_of_jump()}) {
    const std::string expected = hash_after_training(settings, 1, false);
    EXPECT_EQ(hash_after_training(settings, 3, false), expected);
    EXPECT_EQ(hash_after_training(settings, 2, true), expected);
  }
}

}  // namespace
}  // namespace ksweep
