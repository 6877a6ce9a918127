#include "model/rbm.h"

#include <gtest/gtest.h>

#include "kernels/isa.h"
#include "sample_batch.h"

namespace ksweep {
namespace {

constexpr UpdateRule descend{Optimizer::sgd, 1, 0, 0, 0, 0, 1, 1};  // value -= gradient

/// Rows of a data set, of which a mini-batch takes some in any order.
struct Rows {
  std::vector<float> numbers;
  std::vector<std::uint32_t> chosen;

  explicit Rows(int n_chosen = n_samples) {
    RandomStream stream(3, Purpose::batch_order);
    for (int i = 0; i < 3 * n_samples * n_inputs; ++i)
      numbers.push_back(static_cast<float>(stream.uniform()));
    for (int i = 0; i < n_chosen; ++i)
      chosen.push_back(static_cast<std::uint32_t>((7 * i + 4) % (3 * n_samples)));
  }

  Matrix<double> samples() const {
    Matrix<double> x(static_cast<Eigen::Index>(chosen.size()), n_inputs);
    for (Eigen::Index i = 0; i < x.rows(); ++i)
      for (Eigen::Index c = 0; c < n_inputs; ++c)
        x(i, c) = numbers[chosen[static_cast<std::size_t>(i)] * n_inputs + static_cast<std::size_t>(c)];
    return x;
  }
};

Network machine(int n_units = n_hidden) {
  Trial trial = small_trial(Activation::linear, true);
  trial.kind = ModelKind::rbm;
  trial.n_hidden = n_units;
  return initial_network(trial, n_inputs);
}

Matrix<double> sigmoid(const Matrix<double>& x) { return (1 / (1 + (-x.array()).exp())).matrix(); }

/// Hidden states: sample i, step s has the stream (seed, gibbs, epoch, row | s << 32), a word for each unit.
Matrix<double> drawn(const Matrix<double>& probabilities, const Rows& rows, const Gibbs& gibbs, int step) {
  Matrix<double> states(probabilities.rows(), probabilities.cols());
  for (Eigen::Index i = 0; i < states.rows(); ++i) {
    RandomStream stream(gibbs.seed, Purpose::gibbs, gibbs.epoch,
                        rows.chosen[static_cast<std::size_t>(i)] | static_cast<std::uint64_t>(step) << 32);
    for (Eigen::Index unit = 0; unit < states.cols(); ++unit)
      states(i, unit) = stream.bits() * 0x1p-32 < probabilities(i, unit);
  }
  return states;
}

/// 0 for units that a sample drops, else 1: sample i has the stream (seed, dropout, epoch, row), a word for each unit.
Matrix<double> kept_units(const Rows& rows, const Gibbs& gibbs) {
  Matrix<double> kept(static_cast<Eigen::Index>(rows.chosen.size()), n_hidden);
  for (Eigen::Index i = 0; i < kept.rows(); ++i) {
    RandomStream stream(gibbs.seed, Purpose::dropout, gibbs.epoch, rows.chosen[static_cast<std::size_t>(i)]);
    for (Eigen::Index unit = 0; unit < kept.cols(); ++unit)
      kept(i, unit) = stream.bits() * 0x1p-32 >= gibbs.dropout;
  }
  return kept;
}

/// Contrastive divergence as Hinton 2010 writes it down, section 3, with the dropout of Srivastava et al. 2014, section 8.
struct Naive {
  Matrix<double> data, kept, of_data, fantasy, of_fantasy;

  Naive(const reference::Net<double>& net, const Rows& rows, const Gibbs& gibbs)
      : data(rows.samples()), kept(kept_units(rows, gibbs)) {
    const auto hidden = [&](const Matrix<double>& visible) {
      return Matrix<double>(
          sigmoid((visible * net.encoder.transpose()).rowwise() + net.hidden_bias.transpose())
              .cwiseProduct(kept));
    };
    of_data = of_fantasy = hidden(data);
    for (int step = 0; step < gibbs.n_steps; ++step) {
      fantasy = sigmoid((drawn(of_fantasy, rows, gibbs, step) * net.encoder).rowwise() +
                        net.visible_bias.transpose());
      of_fantasy = hidden(fantasy);
    }
  }
};

TEST(Rbm, ProbabilitiesOfASampleAreThoseOfTheFormulas) {
  const Rows rows(1);
  const Gibbs gibbs{5, 2, 1};
  Network net = machine();
  const reference::Net<double> before = to_double(net);
  OptimizerState state = initial_state(net, Optimizer::sgd);
  const Team team(1);
  RbmBatch batch(best_kernels(), net, n_samples, team);
  batch.load(rows.numbers.data(), n_inputs, rows.chosen);
  batch.run(net, gibbs);
  const Naive naive(before, rows, gibbs);
  std::vector<double> of_data(n_hidden, 10);  // which is added to
  EXPECT_NEAR(batch.add_activations(of_data), naive.of_data.sum(), 1e-5);
  for (int unit = 0; unit < n_hidden; ++unit)
    EXPECT_NEAR(of_data[static_cast<std::size_t>(unit)] - 10, naive.of_data(0, unit), 1e-6) << unit;
  // What is seen of a fantasy is what it does to the visible bias.
  batch.update(net, state, descend);
  const reference::Net<double> after = to_double(net);
  const Matrix<double> fantasy = naive.data.transpose() + before.visible_bias - after.visible_bias;
  EXPECT_LT((fantasy - naive.fantasy.transpose()).cwiseAbs().maxCoeff(), 1e-6);
}

/// Gibbs steps and dropout.
class RbmSteps : public testing::TestWithParam<std::pair<int, double>> {};

TEST_P(RbmSteps, LossAndGradientsAgreeWithTheFormulas) {
  const Rows rows;
  const Gibbs gibbs{5, 2, GetParam().first, false, GetParam().second};
  Network net = machine();
  const reference::Net<double> before = to_double(net);
  OptimizerState state = initial_state(net, Optimizer::sgd);
  const Team team(2);
  RbmBatch batch(best_kernels(), net, n_samples, team);
  batch.load(rows.numbers.data(), n_inputs, rows.chosen);
  batch.run(net, gibbs);
  const Naive naive(before, rows, gibbs);
  EXPECT_NEAR(batch.reconstruction_loss(), 0.5 * (naive.fantasy - naive.data).squaredNorm(), 1e-4);

  batch.update(net, state, descend);
  const reference::Net<double> after = to_double(net);
  const Matrix<double> weights =
      (naive.of_fantasy.transpose() * naive.fantasy - naive.of_data.transpose() * naive.data) / n_samples;
  const Matrix<double> hidden = (naive.of_fantasy - naive.of_data).colwise().mean(),
                       visible = (naive.fantasy - naive.data).colwise().mean();
  EXPECT_GT(weights.cwiseAbs().maxCoeff(), 0.01);
  EXPECT_LT((before.encoder - after.encoder - weights).cwiseAbs().maxCoeff(), 2e-6);
  EXPECT_LT((before.hidden_bias - after.hidden_bias - hidden.transpose()).cwiseAbs().maxCoeff(), 2e-6);
  EXPECT_LT((before.visible_bias - after.visible_bias - visible.transpose()).cwiseAbs().maxCoeff(), 2e-6);
}
INSTANTIATE_TEST_SUITE_P(OneAndMore, RbmSteps,
                         testing::Values(std::pair(1, 0.0), std::pair(3, 0.0), std::pair(1, 0.4),
                                         std::pair(3, 0.4)));

TEST(Rbm, ActivationsAreCountedBeforeDropout) {
  const Rows rows;
  const Network net = machine();
  const Team team(2);
  RbmBatch batch(best_kernels(), net, n_samples, team);
  batch.load(rows.numbers.data(), n_inputs, rows.chosen);
  std::vector<double> of_data(n_hidden);
  batch.run(net, {5, 2, 1, false, 0.5});
  EXPECT_NEAR(batch.add_activations(of_data), Naive(to_double(net), rows, {5, 2, 1}).of_data.sum(), 1e-3);
}

/// weight (q - p) of each unit by its total input, for every sample: by the bias that slope, by the weights times the mean input.
/// Samples that drop the unit count as 0.
class RbmSlopes : public testing::TestWithParam<double> {};

TEST_P(RbmSlopes, OfAPenaltyMoveBiasesAndTimesTheInputsWeights) {
  const Rows rows;
  const Gibbs gibbs{5, 2, 1, false, GetParam()};
  const auto moved = [&](std::span<const float> slopes) {
    Network net = machine();
    OptimizerState state = initial_state(net, Optimizer::sgd);
    const Team team(2);
    RbmBatch batch(best_kernels(), net, n_samples, team);
    batch.load(rows.numbers.data(), n_inputs, rows.chosen);
    batch.run(net, gibbs);
    batch.update(net, state, descend, slopes);
    return to_double(net);
  };
  std::vector<float> slopes(n_hidden);
  for (int unit = 0; unit < n_hidden; ++unit)
    slopes[static_cast<std::size_t>(unit)] = 0.01f * static_cast<float>(unit - 20);
  const Eigen::VectorXd slope = Eigen::Map<const Eigen::VectorXf>(slopes.data(), n_hidden).cast<double>();
  const reference::Net<double> without = moved({}), with = moved(slopes);
  const Matrix<double> kept = kept_units(rows, gibbs),
                       of_weights = slope.asDiagonal() * kept.transpose() * rows.samples() / n_samples;
  const Eigen::VectorXd of_biases = slope.cwiseProduct(kept.colwise().mean().transpose());
  EXPECT_LT((without.encoder - with.encoder - of_weights).cwiseAbs().maxCoeff(), 2e-6);
  EXPECT_LT((without.hidden_bias - with.hidden_bias - of_biases).cwiseAbs().maxCoeff(), 2e-6);
  EXPECT_EQ(without.visible_bias, with.visible_bias);
}
INSTANTIATE_TEST_SUITE_P(WithAndWithoutDropout, RbmSlopes, testing::Values(0.0, 0.4));

/// Fantasies of two mini-batches, the second one smaller: chains begin at the data of the first one and go on in the second.
/// Units that the sample at a chain's place drops are off there.
class RbmChains : public testing::TestWithParam<double> {};

TEST_P(RbmChains, GoOnFromTheirLastStates) {
  Network net = machine();
  const reference::Net<double> weights = to_double(net);  // which do not move
  OptimizerState state = initial_state(net, Optimizer::sgd);
  const Team team(2);
  RbmBatch batch(best_kernels(), net, n_samples, team);
  Matrix<double> chains;
  for (const int count : {n_samples, 5}) {
    const Rows rows(count);
    const Gibbs gibbs{5, 2, 2, true, GetParam()};
    const Matrix<double> data = rows.samples(), kept = kept_units(rows, gibbs);
    const auto hidden = [&](const Matrix<double>& visible) {
      return sigmoid((visible * weights.encoder.transpose()).rowwise() + weights.hidden_bias.transpose());
    };
    const auto visible = [&](const Matrix<double>& states) {
      return sigmoid((states * weights.encoder).rowwise() + weights.visible_bias.transpose());
    };
    if (chains.size() == 0) chains = drawn(hidden(data), rows, gibbs, 0);
    Matrix<double> fantasy;
    for (const int step : {0, 1}) {
      fantasy = visible(chains.topRows(count).cwiseProduct(kept));
      chains.topRows(count) = drawn(hidden(fantasy), rows, gibbs, step + 1);
    }
    batch.load(rows.numbers.data(), n_inputs, rows.chosen);
    batch.run(net, gibbs);
    EXPECT_NEAR(batch.reconstruction_loss(),
                0.5 * (visible(hidden(data).cwiseProduct(kept)) - data).squaredNorm(), 1e-4);
    Network moved = machine();
    batch.update(moved, state, descend);
    const Matrix<double> slope = (fantasy - data).colwise().mean();
    EXPECT_LT(
        (weights.visible_bias - to_double(moved).visible_bias - slope.transpose()).cwiseAbs().maxCoeff(),
        2e-6);
    const Matrix<double> of_biases =
        (hidden(fantasy) - hidden(data)).cwiseProduct(kept).colwise().mean().transpose();
    EXPECT_LT((weights.hidden_bias - to_double(moved).hidden_bias - of_biases).cwiseAbs().maxCoeff(), 2e-6);
  }
}
INSTANTIATE_TEST_SUITE_P(WithAndWithoutDropout, RbmChains, testing::Values(0.0, 0.4));

/// Two mini-batches, the second one smaller.
Network trained(int n_units, int n_threads, const UpdateRule& rule, Optimizer optimizer) {
  Network net = machine(n_units);
  OptimizerState state = initial_state(net, optimizer);
  const Team team(n_threads);
  RbmBatch batch(best_kernels(), net, n_samples, team);
  for (const int count : {n_samples, 5}) {
    const Rows rows(count);
    batch.load(rows.numbers.data(), n_inputs, rows.chosen);
    batch.run(net, {1, 0, 2});
    batch.update(net, state, rule);
  }
  return net;
}

constexpr UpdateRule adam{Optimizer::adam, 0.01f, 0.9f, 1e-3f, 0.999f, 1e-8f, 0.1f, 0.001f};

TEST(Rbm, BitsDoNotDependOnThreads) {
  const int n_units = 170;  // slices for each of three threads
  const std::string alone = weights_sha256(trained(n_units, 1, adam, Optimizer::adam));
  for (const int n_threads : {2, 3})
    EXPECT_EQ(weights_sha256(trained(n_units, n_threads, adam, Optimizer::adam)), alone);
}

TEST(Rbm, PaddingStaysZero) {
  const Network net = trained(n_hidden, 2, adam, Optimizer::adam);
  for (int unit = 0; unit < n_hidden; ++unit)
    for (int c = n_inputs; c < net.stride; ++c) EXPECT_EQ(net.encoder_row(unit)[c], 0);
  for (int c = n_inputs; c < net.stride; ++c) EXPECT_EQ(net.visible_bias[c], 0);
  for (int unit = n_hidden; unit < padded(n_hidden); ++unit) EXPECT_EQ(net.hidden_bias[unit], 0);
}

TEST(Rbm, StatesAreDrawnAnewForEachSeedEpochAndStep) {
  const Rows rows;
  const Network net = machine();
  const Team team(1);
  const auto loss = [&](const Gibbs& gibbs) {
    RbmBatch batch(best_kernels(), net, n_samples, team);
    batch.load(rows.numbers.data(), n_inputs, rows.chosen);
    batch.run(net, gibbs);
    return batch.reconstruction_loss();
  };
  EXPECT_EQ(loss({1, 1, 1}), loss({1, 1, 1}));
  EXPECT_NE(loss({1, 1, 1}), loss({2, 1, 1}));
  EXPECT_NE(loss({1, 1, 1}), loss({1, 2, 1}));
  EXPECT_NE(loss({1, 1, 1}), loss({1, 1, 2}));
}

}  // namespace
}  // namespace ksweep
