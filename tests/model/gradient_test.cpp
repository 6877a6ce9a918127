// Every gradient against central differences of the loss, in double precision, for every combination of tying,
// activation, penalty and sparsity.
#include <gtest/gtest.h>

#include <tuple>

#include "base/random.h"
#include "model/reference_batch.h"

namespace ksweep {
namespace {

using reference::Net;

Matrix<double> random_matrix(Eigen::Index rows, Eigen::Index columns, std::uint64_t seed, double scale) {
  RandomStream stream(seed, Purpose::hidden_weights);
  return Matrix<double>::NullaryExpr(rows, columns, [&] { return scale * stream.normal(); });
}

/// What else a mini-batch and its network can be like.
enum class Extra { none, noise, sigmoid_outputs, pre_bias };
using Case = std::tuple<bool, Activation, Penalty, int, Extra>;  // tied, activation, penalty, k
class Gradient : public testing::TestWithParam<Case> {};

TEST_P(Gradient, EqualsCentralDifferences) {
  const auto [tied, shape, penalty, k, extra] = GetParam();
  const int n_inputs = 7, n_hidden = 6;
  Net<double> net{shape,
                  tied,
                  random_matrix(n_hidden, n_inputs, 1, 0.5),
                  random_matrix(n_hidden, n_inputs, 2, 0.5),
                  random_matrix(n_hidden, 1, 3, 0.5),
                  random_matrix(n_inputs, 1, 4, 0.5)};
  const Matrix<double> inputs = random_matrix(5, n_inputs, 5, 1);
  const PenaltyRule rule{penalty, 0.3f, 0.1f};
  if (extra == Extra::sigmoid_outputs) net.output = Activation::sigmoid;
  net.pre_bias = extra == Extra::pre_bias;
  reference::Task<double> task = reference::k_sparse_task(net, inputs, k);
  if (extra == Extra::noise) {
    task.targets = random_matrix(5, n_inputs, 6, 1);
    task.kept = random_matrix(5, n_hidden, 7, 1).unaryExpr([](double number) { return double(number > 0); });
  }
  const Net<double> slope = reference::gradient(net, task, rule);

  const auto check = [&](auto& parameters, const auto& gradient, const char* name) {
    for (Eigen::Index i = 0; i < parameters.size(); ++i) {
      constexpr double step = 1e-6;
      const double before = parameters.data()[i];
      parameters.data()[i] = before + step;
      const double above = reference::loss(net, task, rule);
      parameters.data()[i] = before - step;
      const double below = reference::loss(net, task, rule);
      parameters.data()[i] = before;
      ASSERT_NEAR(gradient.data()[i], (above - below) / (2 * step), 1e-7) << name << " " << i;
    }
  };
  check(net.encoder, slope.encoder, "encoder");
  if (!tied) check(net.decoder, slope.decoder, "decoder");
  check(net.hidden_bias, slope.hidden_bias, "hidden bias");
  check(net.visible_bias, slope.visible_bias, "visible bias");
}

INSTANTIATE_TEST_SUITE_P(
    AllCombinations, Gradient,
    testing::Combine(testing::Bool(),
                     testing::Values(Activation::linear, Activation::relu, Activation::sigmoid),
                     testing::Values(Penalty::none, Penalty::l1), testing::Values(1, 3, 6),
                     testing::Values(Extra::none, Extra::noise, Extra::sigmoid_outputs, Extra::pre_bias)));
INSTANTIATE_TEST_SUITE_P(KullbackLeibler, Gradient,  // of activations in [0, 1] only
                         testing::Combine(testing::Bool(), testing::Values(Activation::sigmoid),
                                          testing::Values(Penalty::kl), testing::Values(1, 3, 6),
                                          testing::Values(Extra::none, Extra::noise, Extra::sigmoid_outputs,
                                                          Extra::pre_bias)));

}  // namespace
}  // namespace ksweep
