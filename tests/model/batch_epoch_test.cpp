// Noise, shifted targets, dropout, rules, a visible bias that is subtracted and decoders of length 1, alone and together, against
// the plain formulas.
#include <gtest/gtest.h>

#include "kernels/isa.h"
#include "sample_batch.h"

namespace ksweep {
namespace {

ShiftedTargets some_targets() {
  ShiftedTargets targets{
      .attraction = 0.4f, .repulsion = 0.2f, .n_inputs = n_inputs, .means = {}, .own = {}, .other = {}};
  RandomStream stream(11, Purpose::batch_order);
  for (int i = 0; i < 2 * n_inputs; ++i) targets.means.push_back(static_cast<float>(stream.uniform()));
  for (int i = 0; i < n_samples; ++i) {
    targets.own.push_back(i % 2);
    targets.other.push_back(1 - i % 2);
  }
  return targets;
}

/// Codes as the mini-batch has them: 1 where a unit is not zero.
Matrix<double> kept_of(const Batch& batch, bool dense) {
  Matrix<double> kept = Matrix<double>::Zero(n_samples, n_hidden);
  for (int unit = 0; unit < n_hidden; ++unit) {
    if (!dense)
      for (const CodeEntry& entry : batch.entries(unit)) kept(entry.sample, unit) = 1;
    else
      for (int i = 0; i < n_samples; ++i) kept(i, unit) = batch.dense_values(unit)[i] != 0;
  }
  return kept;
}

struct Variant {
  const char* name;
  ModelKind kind;
  Activation activation, output;
  bool tied, pre_bias, shifted;
  double dropout, input_noise;
  int k = 5;
};

Network network_of(const Variant& v) {
  Trial trial = small_trial(v.activation, v.tied);
  trial.decoder = v.output;
  trial.pre_bias = v.pre_bias;
  return initial_network(trial, n_inputs);
}

EpochSettings settings_of(const Variant& v, const ShiftedTargets& targets) {
  EpochSettings settings;
  settings.k = v.kind == ModelKind::k_sparse || v.kind == ModelKind::batch_topk ? v.k : n_hidden;
  settings.rule = sparsity_rule(v.kind);
  settings.lifetime = 0.2;
  settings.dropout = v.dropout;
  settings.input_noise = v.input_noise;
  if (v.shifted) settings.targets = &targets;
  return settings;
}

class BatchRegime : public testing::TestWithParam<Variant> {};

TEST_P(BatchRegime, LossAndGradientAgreeWithTheFormulas) {
  const Variant& v = GetParam();
  const ShiftedTargets targets = some_targets();
  const EpochSettings settings = settings_of(v, targets);
  Network net = network_of(v);
  const reference::Net<double> before = to_double(net);
  OptimizerState state = initial_state(net, Optimizer::sgd);
  const Team team(2);
  Batch clean(best_kernels(), net, n_samples, team), batch(best_kernels(), net, n_samples, team);
  fill(clean);
  fill(batch, &settings);
  batch.encode(net, n_samples, settings);
  batch.reconstruct(net);

  reference::Task<double> task{inputs_of(batch), inputs_of(clean), kept_of(batch, !settings.rule)};
  if (v.input_noise > 0) {
    EXPECT_NEAR((task.inputs.array() == 0).cast<double>().mean(), v.input_noise, 0.1);
  }
  if (v.shifted)
    for (int i = 0; i < n_samples; ++i)
      for (int c = 0; c < n_inputs; ++c) {
        const double x = task.targets(i, c),
                     own = targets.means[static_cast<std::size_t>(i % 2 * n_inputs + c)],
                     other = targets.means[static_cast<std::size_t>((1 - i % 2) * n_inputs + c)];
        task.targets(i, c) = 0.6 * x + 0.4 * own + 0.2 * (x - other);
      }
  EXPECT_NEAR(batch.reconstruction_loss() / n_samples, reference::loss(before, task, {}), 2e-5);

  const auto gradient = reference::gradient(before, task, PenaltyRule{});
  batch.backward_and_update(net, state, {}, {Optimizer::sgd, 1, 0, 0, 0, 0, 1, 1});  // value -= gradient
  const reference::Net<double> after = to_double(net);
  EXPECT_LT((before.encoder - after.encoder - gradient.encoder).cwiseAbs().maxCoeff(), 1e-5);
  if (!v.tied) {
    EXPECT_LT((before.decoder - after.decoder - gradient.decoder).cwiseAbs().maxCoeff(), 1e-5);
  }
  EXPECT_LT((before.hidden_bias - after.hidden_bias - gradient.hidden_bias).cwiseAbs().maxCoeff(), 1e-5);
  EXPECT_LT((before.visible_bias - after.visible_bias - gradient.visible_bias).cwiseAbs().maxCoeff(), 1e-5);
}

constexpr auto linear = Activation::linear, relu = Activation::relu, sigmoid = Activation::sigmoid;
constexpr Variant variants[] = {
    {"noise", ModelKind::plain, relu, linear, true, false, false, 0, 0.3},
    {"shifted", ModelKind::plain, relu, linear, true, false, true, 0, 0},
    {"shifted_noise", ModelKind::plain, sigmoid, linear, true, false, true, 0, 0.3},
    {"dropout_linear", ModelKind::plain, linear, linear, true, false, false, 0.5, 0},
    {"dropout_untied", ModelKind::plain, relu, linear, false, false, false, 0.5, 0.2},
    {"sigmoid_outputs", ModelKind::plain, sigmoid, sigmoid, false, false, false, 0, 0},
    {"k_sparse", ModelKind::k_sparse, linear, linear, true, false, false, 0, 0},
    {"k_sparse_sigmoid_outputs", ModelKind::k_sparse, sigmoid, sigmoid, false, false, false, 0, 0},
    {"k_sparse_dropout", ModelKind::k_sparse, linear, linear, true, false, false, 0.5, 0},
    {"k_sparse_dropout_with_negative_units", ModelKind::k_sparse, linear, linear, true, false, false, 0.5, 0,
     20},
    {"batch_topk", ModelKind::batch_topk, relu, linear, false, false, false, 0, 0},
    {"wta", ModelKind::wta, relu, linear, false, false, false, 0, 0},
    {"wta_tied_noise", ModelKind::wta, relu, linear, true, false, false, 0, 0.2},
    {"pre_bias", ModelKind::k_sparse, relu, linear, false, true, false, 0, 0},
    {"pre_bias_tied", ModelKind::batch_topk, relu, linear, true, true, false, 0, 0.1},
    {"pre_bias_dense", ModelKind::plain, relu, linear, false, true, false, 0, 0},
    {"pre_bias_dense_tied", ModelKind::plain, relu, linear, true, true, false, 0.3, 0},
};
INSTANTIATE_TEST_SUITE_P(AllVariants, BatchRegime, testing::ValuesIn(variants),
                         [](const auto& variant) { return variant.param.name; });

TEST(BatchRules, KeepNegativeActivationsBeforeUnitsThatDropoutTookAway) {
  constexpr int k = 20;  // more than the positive ones of the units that are left
  const Network net = initial_network(small_trial(linear, true), n_inputs);
  EpochSettings settings;
  settings.k = k;
  settings.rule = sparsity_rule(ModelKind::k_sparse);
  settings.dropout = 0.5;
  const Team team(2);
  Batch batch(best_kernels(), net, n_samples, team);
  fill(batch, &settings);
  batch.encode(net, n_samples, settings);
  const Matrix<double> kept = kept_of(batch, false);
  for (int i = 0; i < n_samples; ++i) EXPECT_EQ(kept.row(i).sum(), k) << i;
}

TEST(BatchRules, TheNaiveRuleKeepsWhatTheFastSelectionKeeps) {
  const Network net = initial_network(small_trial(linear, true), n_inputs);
  const Team team(2);
  Batch fast(best_kernels(), net, n_samples, team), ruled(best_kernels(), net, n_samples, team);
  fill(fast);
  fill(ruled);
  EpochSettings settings;
  settings.k = 7;
  settings.rule = sparsity_rule(ModelKind::k_sparse);
  fast.encode(net, n_samples, 7);
  ruled.encode(net, n_samples, settings);
  EXPECT_EQ(kept_of(fast, false), kept_of(ruled, false));
}

std::string hash_after_training(const Variant& v, bool unit_norm, int n_threads, bool pipelined) {
  Trial trial = small_trial(v.activation, v.tied);
  trial.pre_bias = v.pre_bias;
  trial.unit_norm = unit_norm;
  Network net = initial_network(trial, n_inputs);
  OptimizerState state = initial_state(net, Optimizer::adam);
  const ShiftedTargets targets = some_targets();
  const EpochSettings settings = settings_of(v, targets);
  const Team team(n_threads);
  Batch first(best_kernels(), net, n_samples, team), second(best_kernels(), net, n_samples, team);
  fill(first, &settings);
  fill(second, &settings);
  Batch *batch = &first, *next = &second;
  batch->encode(net, n_samples, settings);
  for (int step = 0; step < 4; ++step) {
    const UpdateRule rule{Optimizer::adam, 0.01f, 0.9f, 0.001f, 0.999f, 1e-8f, 0.5f, 0.5f};
    batch->reconstruct(net);
    if (pipelined) {
      next->start_encoding(n_samples, settings);
      batch->backward_and_update(net, state, {}, rule, next);
      next->finish_encoding(net);
      std::swap(batch, next);
    } else {
      batch->backward_and_update(net, state, {}, rule);
      batch->encode(net, n_samples, settings);
    }
  }
  return weights_sha256(net);
}

TEST_P(BatchRegime, BitsDependNeitherOnThreadsNorOnWhenTheNextBatchIsEncoded) {
  for (const bool unit_norm : {false, true}) {
    const std::string expected = hash_after_training(GetParam(), unit_norm, 1, false);
    EXPECT_EQ(hash_after_training(GetParam(), unit_norm, 3, false), expected);
    EXPECT_EQ(hash_after_training(GetParam(), unit_norm, 2, true), expected);
  }
}

TEST(UnitNorm, DecodersLearnAcrossTheirDirectionAndKeepLength1) {
  for (const bool tied : {false, true})
    for (const int k : {5, n_hidden}) {
      Trial trial = small_trial(relu, tied);
      trial.unit_norm = true;
      Network net = initial_network(trial, n_inputs);
      const reference::Net<double> before = to_double(net);
      OptimizerState state = initial_state(net, Optimizer::sgd);
      const Team team(1);
      Batch batch(best_kernels(), net, n_samples, team);
      fill(batch);
      batch.encode(net, n_samples, k);
      batch.reconstruct(net);
      const auto task = reference::k_sparse_task(before, inputs_of(batch), k);
      const auto gradient = reference::gradient(before, task, PenaltyRule{});
      batch.backward_and_update(net, state, {}, {Optimizer::sgd, 0.1f, 0, 0, 0, 0, 1, 1});
      const reference::Net<double> after = to_double(net);
      for (int unit = 0; unit < n_hidden; ++unit) {
        const Vector<double> row = before.images().row(unit);
        Vector<double> slope = (tied ? gradient.encoder : gradient.decoder).row(unit);
        slope -= slope.dot(row) * row;
        const Vector<double> expected = (row - 0.1 * slope).normalized();
        EXPECT_LT((after.images().row(unit).transpose() - expected).cwiseAbs().maxCoeff(), 1e-5);
      }
    }
}

/// Half the squared error of what dead units draw of the residual, which is held fixed: mean over samples, times weight; or the
/// squared error over that of the residual's mean.
double aux_loss(const reference::Net<double>& net, const Matrix<double>& inputs, const Matrix<double>& kept,
                const Matrix<double>& residual, double weight, AuxLoss loss) {
  const Matrix<double> code = reference::encode(net, reference::Task<double>{inputs, inputs, kept});
  const double error = (code * net.images() + residual).squaredNorm();
  const Vector<double> mean = residual.colwise().mean().transpose();
  return weight * (loss == AuxLoss::plain ? error / (2 * n_samples)
                                          : error / (residual.rowwise() - mean.transpose()).squaredNorm());
}

class Aux : public testing::TestWithParam<std::tuple<AuxLoss, bool>> {};  // the second: pre_bias
INSTANTIATE_TEST_SUITE_P(OfEachLoss, Aux,
                         testing::Combine(testing::Values(AuxLoss::plain, AuxLoss::normalised),
                                          testing::Bool()));

TEST_P(Aux, TheLargestDeadUnitsLearnToDrawTheResidual) {
  constexpr double weight = 0.5;
  constexpr int aux_units = 3;
  const auto [loss, pre_bias] = GetParam();
  Trial trial = small_trial(relu, false);
  trial.pre_bias = pre_bias;
  Network net = initial_network(trial, n_inputs);
  std::fill_n(net.visible_bias.data(), n_inputs, 0.3f);
  for (int unit = 0; unit < 20; ++unit)
    net.hidden_bias[static_cast<std::size_t>(unit)] -= 1;  // never among the largest
  const reference::Net<double> before = to_double(net);
  EpochSettings settings;
  settings.k = 4;
  settings.aux_units = aux_units;
  settings.aux_weight = weight;
  settings.aux_loss = loss;
  OptimizerState state = initial_state(net, Optimizer::sgd);
  const Team team(2);
  Batch batch(best_kernels(), net, n_samples, team);
  fill(batch);
  batch.encode(net, n_samples, settings);
  batch.reconstruct(net);
  std::vector<std::uint64_t> silent(n_hidden);
  for (int unit = 0; unit < 20; ++unit)
    silent[static_cast<std::size_t>(unit)] = batch.entries(unit).empty() ? 100 : 0;
  ASSERT_GT(std::ranges::count(silent, 100u), 10);
  batch.apply_aux_k(net, silent, 100);
  batch.backward_and_update(net, state, {}, {Optimizer::sgd, 1, 0, 0, 0, 0, 1, 1});
  const reference::Net<double> after = to_double(net);

  const Matrix<double> inputs = inputs_of(batch);
  const auto task = reference::k_sparse_task(before, inputs, 4);
  const Matrix<double> residual = reference::reconstruction(before, reference::encode(before, task)) - inputs;
  const Matrix<double> z = reference::weighted_inputs(before, inputs);
  Matrix<double> kept = Matrix<double>::Zero(n_samples, n_hidden);
  for (int i = 0; i < n_samples; ++i)
    for (int e = 0; e < aux_units; ++e) {
      int best = -1;
      for (int unit = 0; unit < n_hidden; ++unit)
        if (silent[static_cast<std::size_t>(unit)] == 100 && kept(i, unit) == 0 &&
            (best < 0 || z(i, unit) > z(i, best)))
          best = unit;
      kept(i, best) = 1;
    }
  ASSERT_GT((z.array() * kept.array()).maxCoeff(), 0) << "no dead unit has anything to draw";
  constexpr double step = 1e-6;
  for (int unit = 0; unit < 20; ++unit) {
    if (silent[static_cast<std::size_t>(unit)] != 100) continue;
    for (int c = 0; c < n_inputs; ++c)
      for (Matrix<double> reference::Net<double>::*part :
           {&reference::Net<double>::encoder, &reference::Net<double>::decoder}) {
        auto above = before, below = before;
        (above.*part)(unit, c) += step;
        (below.*part)(unit, c) -= step;
        const double slope = (aux_loss(above, inputs, kept, residual, weight, loss) -
                              aux_loss(below, inputs, kept, residual, weight, loss)) /
                             (2 * step);
        EXPECT_NEAR((before.*part)(unit, c) - (after.*part)(unit, c), slope, 1e-5);
      }
  }
}

TEST(BatchRegime, SilenceIsCountedWhetherOrNotAllActivationsAreKept) {
  Network net = initial_network(small_trial(relu, true), n_inputs);
  net.hidden_bias[3] = -1000;  // never active
  const Team team(1);
  for (const int k : {n_hidden - 1, n_hidden}) {
    Batch batch(best_kernels(), net, n_samples, team);
    fill(batch);
    batch.encode(net, n_samples, k);
    std::vector<std::uint32_t> active(n_hidden);
    std::vector<std::uint64_t> silent(n_hidden, 100);
    batch.count_active(active);
    batch.count_inactive(silent);
    EXPECT_EQ(active[3], 0u);
    for (std::size_t unit = 0; unit < n_hidden; ++unit)
      EXPECT_EQ(silent[unit], active[unit] > 0 ? 0u : 100u + n_samples) << k << " " << unit;
  }
}

}  // namespace
}  // namespace ksweep
