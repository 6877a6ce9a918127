// Rules, dropout, noise, penalties and targets of dense layers.
#include <gtest/gtest.h>

#include <numeric>

#include "core/trial_keys.h"
#include "kernels/isa.h"
#include "random_layers.h"

namespace ksweep {
namespace {

constexpr int n_samples = 101;
const std::vector<int> sizes{21, 70, 33, 70, 21};
constexpr UpdateRule subtract_gradient{Optimizer::sgd, 1, 0, 0, 0, 0, 1, 1};

std::vector<std::uint32_t> rows_from(std::uint32_t first) {
  std::vector<std::uint32_t> rows(n_samples);
  std::iota(rows.begin(), rows.end(), first);
  return rows;
}

const std::vector<std::uint32_t> chosen = rows_from(0), file_rows = rows_from(1000);

/// A network of its own with everything that a step takes.
struct Fixture {
  std::vector<reference::DenseLayer<double>> exact;
  Layers layers;
  Matrix<double> inputs = random_matrix(n_samples, sizes.front(), 1, 0.5);
  std::vector<float> rows = in_floats(inputs);
  Team team;
  LayersBatch batch;

  explicit Fixture(Shape hidden, Shape outputs = Shape::linear, int n_threads = 2)
      : exact(random_layers(sizes, hidden, outputs)),
        layers(in_floats(exact, sizes)),
        team(n_threads),
        batch(best_kernels(), layers, n_samples, team) {}

  Matrix<double> activations(std::size_t layer) const {
    return Matrix<double>::NullaryExpr(n_samples, sizes[layer + 1], [&](Eigen::Index i, Eigen::Index unit) {
      return double(batch.outputs(int(i), layer)[unit]);
    });
  }
};

Noise noise(double dropout, double input_noise, std::uint32_t epoch = 3) {
  return {dropout, input_noise, 7, epoch, file_rows};
}

/// Which activations of a layer are left, times `factor`.
Matrix<double> left_of(const Matrix<double>& activations, double factor) {
  return activations.unaryExpr([=](double value) { return value != 0 ? factor : 0.0; });
}

using Case =
    std::tuple<Shape, Shape, Penalty, std::string>;  // hidden units, outputs, ..., rule of the middle layer
class GatedLayers : public testing::TestWithParam<Case> {};

TEST_P(GatedLayers, LearnAsTheReferenceDoes) {
  const auto& [hidden, outputs, penalty, rule_name] = GetParam();
  Fixture f(hidden, outputs);
  Trial trial = default_trial();
  ASSERT_EQ(set_from_text(*find_key("model.kind"), trial, rule_name), std::nullopt);
  const std::vector<LayerRule> rules{{}, {sparsity_rule(trial.kind), {5, 0.2, 0}}};
  const Noise drop = noise(0.25, 0);
  LayersState state = initial_state(f.layers, Optimizer::sgd);
  f.batch.load(f.rows.data(), chosen);
  f.batch.forward(f.layers, {rules, &drop});
  reference::Autoencoding<double> task{f.inputs, {}, {penalty, 0.5f, 0.25f}};
  for (std::size_t i = 0; i < 3; ++i) task.gates.push_back(left_of(f.activations(i), 4.0 / 3));
  const double expected = reference::loss(f.exact, f.inputs, task);
  const double squared = f.batch.compare(f.layers, f.rows.data(), chosen, 1.0f / n_samples) / n_samples;
  EXPECT_NEAR(squared + f.batch.penalty(f.layers, task.penalty), expected, 1e-5 * expected);

  f.batch.backward(f.layers, task.penalty);
  f.batch.update(f.layers, state, subtract_gradient);
  const auto slope = reference::gradient(f.exact, f.inputs, task);
  for (std::size_t l = 0; l < f.layers.size(); ++l)
    for (int i = 0; i < f.layers[l].n_inputs; ++i)
      for (int j = 0; j < f.layers[l].n_outputs; ++j)
        ASSERT_NEAR(f.layers[l].weights[std::size_t(i) * f.layers[l].stride + j],
                    f.exact[l].weights(i, j) - slope[l].weights(i, j),
                    2e-5 * (1 + slope[l].weights.cwiseAbs().maxCoeff()))
            << "layer " << l << ", weight " << i << " " << j;
}

INSTANTIATE_TEST_SUITE_P(L1, GatedLayers,
                         testing::Combine(testing::Values(Shape::linear, Shape::relu, Shape::sigmoid),
                                          testing::Values(Shape::linear, Shape::sigmoid),
                                          testing::Values(Penalty::none, Penalty::l1),
                                          testing::Values("plain", "k-sparse", "wta", "batch-topk")));
INSTANTIATE_TEST_SUITE_P(Divergence, GatedLayers,
                         testing::Combine(testing::Values(Shape::sigmoid), testing::Values(Shape::linear),
                                          testing::Values(Penalty::kl),
                                          testing::Values("plain", "k-sparse")));

TEST(GatedLayers, KeepTheKLargestOfEachSample) {
  Fixture f(Shape::linear);
  const std::vector<LayerRule> rules{{sparsity_rule(ModelKind::k_sparse), {5, 1, 0}}};
  f.batch.load(f.rows.data(), chosen);
  f.batch.forward(std::span(f.layers).first(1));
  const Matrix<double> all = f.activations(0);
  f.batch.forward(std::span(f.layers).first(1), {rules, nullptr});
  const Matrix<double> kept = f.activations(0);
  for (int i = 0; i < n_samples; ++i) {
    EXPECT_EQ((kept.row(i).array() != 0).count(), 5);
    for (const int unit : reference::largest<double>({all.row(i).data(), 70}, 5))
      EXPECT_EQ(kept(i, unit), all(i, unit));
  }
  std::vector<std::uint32_t> active(70);
  EXPECT_EQ(f.batch.count_active(0, active), 5u * n_samples);
  EXPECT_EQ(std::accumulate(active.begin(), active.end(), 0u), 5u * n_samples);
}

TEST(GatedLayers, DropTheWantedShareAndScaleTheRestUp) {
  Fixture f(Shape::sigmoid);  // never zero by itself
  f.batch.load(f.rows.data(), chosen);
  f.batch.forward(f.layers);
  const Matrix<double> before = f.activations(0);
  const Noise drop = noise(0.2, 0);
  f.batch.forward(f.layers, {{}, &drop});
  const Matrix<double> after = f.activations(0);
  const double n_dropped = double((after.array() == 0).count());
  EXPECT_NEAR(n_dropped / double(after.size()), 0.2, 0.03);  // 0.4 / sqrt(7070) = 0.005 is one sigma
  for (Eigen::Index i = 0; i < after.size(); ++i)
    EXPECT_NEAR(after.data()[i], after.data()[i] != 0 ? 1.25 * before.data()[i] : 0, 1e-6);
}

TEST(GatedLayers, DropOthersInEveryLayerSampleAndEpochButNoOutputs) {
  Fixture f(Shape::sigmoid, Shape::sigmoid);
  const auto left = [&](std::size_t layer, std::uint32_t epoch) {
    const Noise drop = noise(0.5, 0, epoch);
    f.batch.load(f.rows.data(), chosen);
    f.batch.forward(f.layers, {{}, &drop});
    return left_of(f.activations(layer), 1);
  };
  const Matrix<double> first = left(0, 3);
  EXPECT_EQ(left(0, 3), first);
  EXPECT_NE(left(0, 4), first);
  EXPECT_NE(left(2, 3), first);  // of the same width
  EXPECT_NE(first.row(0), first.row(1));
  EXPECT_EQ(left(3, 3).minCoeff(), 1);
}

TEST(GatedLayers, DropTheSameOfASampleInAnyMiniBatch) {
  Fixture f(Shape::sigmoid);
  const Noise all = noise(0.5, 0.5);
  f.batch.load(f.rows.data(), chosen);
  f.batch.mask_inputs(all);
  f.batch.forward(f.layers, {{}, &all});
  const Matrix<double> together = f.activations(3);
  const Noise one{0.5, 0.5, 7, 3, std::span(file_rows).subspan(42, 1)};
  f.batch.load(f.rows.data(), std::span(chosen).subspan(42, 1));
  f.batch.mask_inputs(one);
  f.batch.forward(f.layers, {{}, &one});
  EXPECT_EQ(f.batch.outputs(0)[5], float(together(42, 5)));
}

TEST(GatedLayers, MaskTheWantedShareOfTheInputsAndDoNotScaleTheRest) {
  const std::vector<int> one_layer{500, 1};
  Layers counting = zero_layers(one_layer, Shape::linear, Shape::linear, true);
  for (int i = 0; i < 500; ++i) counting[0].weights[std::size_t(i) * counting[0].stride] = 1;
  const Team team(1);
  LayersBatch batch(best_kernels(), counting, n_samples, team);
  const std::vector<float> ones(500 * n_samples, 1.0f);
  batch.load(ones.data(), chosen);
  batch.mask_inputs(noise(0, 0.2));
  batch.forward(counting);
  double mean = 0;
  for (int i = 0; i < n_samples; ++i) mean += double(batch.outputs(i)[0]) / n_samples;
  EXPECT_NEAR(mean, 400, 4);  // sqrt(500 * 0.16 / 101) = 0.9 is one sigma
}

TEST(GatedLayers, MaskSparseInputsAsTheyDoDenseOnes) {
  Fixture f(Shape::linear);
  for (float& value : f.rows) value = value > 0.5f ? 0.5f : 0;
  const auto levels = level_rows(f.rows.data(), chosen, sizes.front());
  ASSERT_TRUE(levels.has_value());
  const auto loss = [&](bool sparse) {
    sparse ? f.batch.load(*levels, chosen) : f.batch.load(f.rows.data(), chosen);
    f.batch.mask_inputs(noise(0, 0.3));
    f.batch.forward(f.layers);
    return f.batch.compare(f.layers, f.rows.data(), chosen, 1);
  };
  EXPECT_NEAR(loss(true), loss(false), 1e-5 * loss(false));
}

std::vector<float> trained_weights(int n_threads, ModelKind kind) {
  Fixture f(Shape::sigmoid, Shape::linear, n_threads);
  LayersState state = initial_state(f.layers, Optimizer::adam);
  const std::vector<LayerRule> rules{{}, {sparsity_rule(kind), {5, 0.2, 0}}};
  const PenaltyRule penalty{Penalty::kl, 0.1f, 0.2f};
  for (std::uint32_t epoch = 0; epoch < 4; ++epoch) {
    const Noise both = noise(0.3, 0.2, epoch);
    f.batch.load(f.rows.data(), chosen);
    f.batch.mask_inputs(both);
    f.batch.forward(f.layers, {rules, &both});
    f.batch.compare(f.layers, f.rows.data(), chosen, 1.0f / n_samples);
    f.batch.backward(f.layers, penalty);
    f.batch.update(f.layers, state, {Optimizer::adam, 0.01f, 0.9f, 0.1f, 0.999f, 1e-8f, 0.1f, 0.001f});
  }
  std::vector<float> numbers;
  for (const Layer& layer : f.layers)
    numbers.insert(numbers.end(), layer.weights.span().begin(), layer.weights.span().end());
  return numbers;
}

TEST(GatedLayers, HaveTheSameBitsForAnyNumberOfThreads) {
  for (const ModelKind kind : {ModelKind::k_sparse, ModelKind::wta, ModelKind::batch_topk})
    for (const int n_threads : {2, 3, 7})
      EXPECT_EQ(trained_weights(n_threads, kind), trained_weights(1, kind));
}

TEST(GatedLayers, LeaveLayersBelowTheFirstTrainedOneAlone) {
  Fixture f(Shape::relu);
  const std::string first_two = weights_sha256(std::span(f.layers).first(2));
  const std::string last_two = weights_sha256(std::span(f.layers).last(2));
  LayersState state = initial_state(f.layers, Optimizer::sgd);
  f.batch.load(f.rows.data(), chosen);
  f.batch.forward(f.layers);
  f.batch.compare(f.layers, f.rows.data(), chosen, 0.01f);
  f.batch.backward(f.layers);
  f.batch.update(f.layers, state, subtract_gradient, 2);
  EXPECT_EQ(weights_sha256(std::span(f.layers).first(2)), first_two);
  EXPECT_NE(weights_sha256(std::span(f.layers).last(2)), last_two);
}

}  // namespace
}  // namespace ksweep
