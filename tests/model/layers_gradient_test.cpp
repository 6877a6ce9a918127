// The gradient of dense layers against central differences of the loss, in double precision.
#include <gtest/gtest.h>

#include <tuple>

#include "random_layers.h"

namespace ksweep {
namespace {

using Case = std::tuple<std::vector<int>, Activation, Activation, Loss>;  // sizes, hidden units, outputs
class LayersGradient : public testing::TestWithParam<Case> {};

/// Holds a gradient against differences of a loss of the layers.
template <class LossOf>
void check_gradient(std::vector<reference::DenseLayer<double>>& layers,
                    const std::vector<reference::DenseLayer<double>>& gradient, const LossOf& loss) {
  const auto check = [&](auto& parameters, const auto& slope, const char* name) {
    for (Eigen::Index i = 0; i < parameters.size(); ++i) {
      constexpr double step = 1e-6;
      const double before = parameters.data()[i];
      parameters.data()[i] = before + step;
      const double above = loss();
      parameters.data()[i] = before - step;
      const double below = loss();
      parameters.data()[i] = before;
      ASSERT_NEAR(slope.data()[i], (above - below) / (2 * step), 1e-7) << name << " " << i;
    }
  };
  for (std::size_t i = 0; i < layers.size(); ++i) {
    check(layers[i].weights, gradient[i].weights, "weights");
    check(layers[i].biases, gradient[i].biases, "biases");
  }
}

TEST_P(LayersGradient, EqualsCentralDifferences) {
  const auto& [sizes, hidden, outputs, kind] = GetParam();
  auto layers = random_layers(sizes, hidden, outputs);
  const Matrix<double> inputs = random_matrix(5, sizes.front(), 1, 1);
  const std::vector<std::int32_t> labels = random_labels(5, sizes.back());
  check_gradient(layers, reference::gradient(layers, kind, inputs, labels),
                 [&, kind = kind] { return reference::loss(layers, kind, inputs, labels); });
}

const auto stacks = testing::Values(std::vector{4, 3}, std::vector{7, 5, 3}, std::vector{6, 5, 4, 3});
const auto shapes = testing::Values(Activation::linear, Activation::relu, Activation::sigmoid);
INSTANTIATE_TEST_SUITE_P(Squared, LayersGradient,
                         testing::Combine(stacks, shapes, shapes, testing::Values(Loss::squared)));
INSTANTIATE_TEST_SUITE_P(CrossEntropy, LayersGradient,
                         testing::Combine(stacks, shapes, testing::Values(Activation::linear),
                                          testing::Values(Loss::cross_entropy)));

using AutoencoderCase = std::tuple<Activation, Activation, Penalty>;  // hidden units, outputs
class AutoencoderLayersGradient : public testing::TestWithParam<AutoencoderCase> {};

TEST_P(AutoencoderLayersGradient, EqualsCentralDifferences) {
  const auto& [hidden, outputs, penalty] = GetParam();
  auto layers = random_layers({6, 5, 4, 5, 6}, hidden, outputs);
  const Matrix<double> inputs = random_matrix(5, 6, 1, 1);
  const reference::Autoencoding<double> task{
      random_matrix(5, 6, 2, 1),
      {random_gates(5, 5, 1), random_gates(5, 4, 2), random_gates(5, 5, 3)},
      {penalty, 0.5f, 0.25f}};
  check_gradient(layers, reference::gradient(layers, inputs, task),
                 [&] { return reference::loss(layers, inputs, task); });
}

INSTANTIATE_TEST_SUITE_P(Penalties, AutoencoderLayersGradient,
                         testing::Combine(shapes, testing::Values(Activation::linear, Activation::sigmoid),
                                          testing::Values(Penalty::none, Penalty::l1)));
INSTANTIATE_TEST_SUITE_P(Divergence, AutoencoderLayersGradient,
                         testing::Combine(testing::Values(Activation::sigmoid),
                                          testing::Values(Activation::linear, Activation::sigmoid),
                                          testing::Values(Penalty::kl)));

}  // namespace
}  // namespace ksweep
