// The gradient of dense layers against central differences of the loss, in double precision.
#include <gtest/gtest.h>

#include <tuple>

#include "random_layers.h"

namespace ksweep {
namespace {

using Case = std::tuple<std::vector<int>, Shape, Shape, Loss>;  // sizes, hidden units, outputs
class LayersGradient : public testing::TestWithParam<Case> {};

TEST_P(LayersGradient, EqualsCentralDifferences) {
  const auto& [sizes, hidden, outputs, kind] = GetParam();
  auto layers = random_layers(sizes, hidden, outputs);
  const Matrix<double> inputs = random_matrix(5, sizes.front(), 1, 1);
  const std::vector<std::int32_t> labels = random_labels(5, sizes.back());
  const auto slope = reference::gradient(layers, kind, inputs, labels);

  const auto check = [&](auto& parameters, const auto& gradient, const char* name) {
    for (Eigen::Index i = 0; i < parameters.size(); ++i) {
      constexpr double step = 1e-6;
      const double before = parameters.data()[i];
      parameters.data()[i] = before + step;
      const double above = reference::loss(layers, kind, inputs, labels);
      parameters.data()[i] = before - step;
      const double below = reference::loss(layers, kind, inputs, labels);
      parameters.data()[i] = before;
      ASSERT_NEAR(gradient.data()[i], (above - below) / (2 * step), 1e-7) << name << " " << i;
    }
  };
  for (std::size_t i = 0; i < layers.size(); ++i) {
    check(layers[i].weights, slope[i].weights, "weights");
    check(layers[i].biases, slope[i].biases, "biases");
  }
}

const auto stacks = testing::Values(std::vector{4, 3}, std::vector{7, 5, 3}, std::vector{6, 5, 4, 3});
const auto shapes = testing::Values(Shape::linear, Shape::relu, Shape::sigmoid);
INSTANTIATE_TEST_SUITE_P(Squared, LayersGradient,
                         testing::Combine(stacks, shapes, shapes, testing::Values(Loss::squared)));
INSTANTIATE_TEST_SUITE_P(CrossEntropy, LayersGradient,
                         testing::Combine(stacks, shapes, testing::Values(Shape::linear),
                                          testing::Values(Loss::cross_entropy)));

}  // namespace
}  // namespace ksweep
