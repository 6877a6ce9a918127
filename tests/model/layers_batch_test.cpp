#include "model/layers_batch.h"

#include <gtest/gtest.h>

#include <cstring>
#include <numeric>
#include <tuple>

#include "core/trial_keys.h"
#include "kernels/isa.h"
#include "random_layers.h"

namespace ksweep {
namespace {

constexpr int n_samples = 101;  // no multiple of anything

std::vector<std::uint32_t> all_rows() {
  std::vector<std::uint32_t> rows(n_samples);
  std::iota(rows.begin(), rows.end(), 0u);
  return rows;
}

constexpr UpdateRule subtract_gradient{Optimizer::sgd, 1, 0, 0, 0, 0, 1, 1};

/// Three inputs of four are zero, the others one of seven values.
Matrix<double> sparse_inputs(int n_inputs) {
  RandomStream stream(1, Purpose::digits);
  return Matrix<double>::NullaryExpr(n_samples, n_inputs, [&] {
    const int level = static_cast<int>(stream.below(7)) + 1;
    return stream.below(4) == 0 ? 0.125 * level : 0;
  });
}

using Case = std::tuple<std::vector<int>, Shape, Loss, std::string, bool>;  // ..., sparse inputs
class LayersAgainstReference : public testing::TestWithParam<Case> {};

TEST_P(LayersAgainstReference, LossAndGradientAgree) {
  const auto& [sizes, hidden, kind, isa, sparse] = GetParam();
  const auto exact = random_layers(sizes, hidden, kind == Loss::squared ? Shape::sigmoid : Shape::linear);
  Layers layers = in_floats(exact, sizes);
  const Matrix<double> inputs =
      sparse ? sparse_inputs(sizes.front()) : random_matrix(n_samples, sizes.front(), 1, 0.5);
  const std::vector<float> rows = in_floats(inputs);
  const std::vector<std::uint32_t> chosen = all_rows();
  const std::vector<std::int32_t> labels = random_labels(n_samples, sizes.back());
  const auto levels = level_rows(rows.data(), chosen, sizes.front());
  ASSERT_EQ(levels.has_value(), sparse);

  const Team team(2);
  LayersBatch batch(kernels_for(isa), layers, n_samples + 3, team);
  LayersState state = initial_state(layers, Optimizer::sgd);
  if (sparse)
    batch.load(*levels, chosen);
  else
    batch.load(rows.data(), chosen);
  batch.forward(layers);
  const double expected = reference::loss(exact, kind, inputs, labels);
  EXPECT_NEAR(batch.compare(layers, kind, labels, 0.5f), expected, 1e-5 * expected);
  batch.backward(layers);
  batch.update(layers, state, subtract_gradient);

  const auto slope = reference::gradient(exact, kind, inputs, labels);
  for (std::size_t l = 0; l < layers.size(); ++l) {
    const double tolerance = 2e-5 * (1 + slope[l].weights.cwiseAbs().maxCoeff());
    for (int j = 0; j < layers[l].stride; ++j) {
      const bool padding = j >= layers[l].n_outputs;
      for (int i = 0; i < layers[l].n_inputs; ++i)
        ASSERT_NEAR(layers[l].weights[std::size_t(i) * layers[l].stride + j],
                    padding ? 0 : exact[l].weights(i, j) - 0.5 * slope[l].weights(i, j),
                    padding ? 0 : tolerance)
            << "layer " << l << ", weight " << i << " " << j;
      ASSERT_NEAR(layers[l].biases[j], padding ? 0 : exact[l].biases(j) - 0.5 * slope[l].biases(j),
                  padding ? 0 : tolerance)
          << "layer " << l << ", bias " << j;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(OddSizes, LayersAgainstReference,
                         testing::Combine(testing::Values(std::vector{21, 3}, std::vector{53, 30, 10},
                                                          std::vector{17, 33, 16, 5}, std::vector{1, 1, 1}),
                                          testing::Values(Shape::linear, Shape::relu, Shape::sigmoid),
                                          testing::Values(Loss::squared, Loss::cross_entropy),
                                          testing::ValuesIn(available_isas()), testing::Bool()));

std::vector<float> trained_weights(int n_threads, Optimizer optimizer, bool trains_biases = true,
                                   bool sparse = false) {
  const std::vector<int> sizes{21, 70, 33, 5};
  const auto exact = random_layers(sizes, Shape::relu, Shape::linear);
  Layers layers = in_floats(exact, sizes);
  for (Layer& layer : layers) layer.trains_biases = trains_biases;
  const std::vector<float> rows =
      in_floats(sparse ? sparse_inputs(sizes.front()) : random_matrix(n_samples, sizes.front(), 1, 0.5));
  const std::vector<std::uint32_t> chosen = all_rows();
  const auto levels = level_rows(rows.data(), chosen, sizes.front());
  const Team team(n_threads);
  LayersBatch batch(best_kernels(), layers, n_samples, team);
  LayersState state = initial_state(layers, optimizer);
  for (int step = 0; step < 5; ++step) {
    if (sparse)
      batch.load(*levels, chosen);
    else
      batch.load(rows.data(), chosen);
    batch.forward(layers);
    batch.compare(layers, Loss::cross_entropy, random_labels(n_samples, sizes.back()), 0.01f);
    batch.backward(layers);
    batch.update(layers, state,
                 {optimizer, 0.01f, 0.9f, 0.1f, 0.999f, 1e-8f, 0.1f, 0.001f});
  }
  std::vector<float> numbers;
  for (const Layer& layer : layers)
    for (const auto* part : {&layer.biases, &layer.weights})
      numbers.insert(numbers.end(), part->span().begin(), part->span().end());
  return numbers;
}

TEST(LayersBatch, HasTheSameBitsForAnyNumberOfThreads) {
  for (const Optimizer optimizer : {Optimizer::sgd, Optimizer::adam})
    for (const bool sparse : {false, true}) {
      const std::vector<float> alone = trained_weights(1, optimizer, true, sparse);
      for (const int n_threads : {2, 3, 7})
        EXPECT_EQ(trained_weights(n_threads, optimizer, true, sparse), alone) << n_threads << sparse;
    }
}

TEST(LayersBatch, LeavesBiasesAloneThatAreNotTrained) {
  const std::vector<float> untrained = trained_weights(1, Optimizer::sgd, false),
                           trained = trained_weights(1, Optimizer::sgd);
  EXPECT_EQ(untrained[0], static_cast<float>(random_matrix(70, 1, 3, 0.5)(0)));
  EXPECT_NE(trained[0], untrained[0]);
}

TEST(LayersBatch, PredictsTheLargestOutputTheFirstOfEqualOnes) {
  Layers layers = zero_layers(std::vector{1, 3}, Shape::linear, Shape::linear, true);
  const Team team(1);
  LayersBatch batch(best_kernels(), layers, 1, team);
  const float input = 1;
  const auto predicted = [&](float a, float b, float c) {
    layers[0].biases[0] = a, layers[0].biases[1] = b, layers[0].biases[2] = c;
    batch.load(&input, std::vector<std::uint32_t>{0});
    batch.forward(layers);
    return batch.predicted(0, 3);
  };
  EXPECT_EQ(predicted(0, 1, 2), 2);
  EXPECT_EQ(predicted(-3, -1, -1), 1);
}

}  // namespace
}  // namespace ksweep
