#include "train/activations.h"

#include <numeric>

#include "base/errors.h"
#include "refusal.h"
#include "small_data.h"

namespace ksweep {
namespace {

using testing::HasSubstr;
using Numbers = std::vector<double>;

TrialResult with_weights(const Trial& trial, const Dataset& data) {
  TrainSettings its = settings();
  its.save_weights = true;
  return train(std::span(&trial, 1), data, its).at(0);
}

Trial of_layers(ModelKind kind, const char* layers, Activation activation) {
  Trial trial = small_trial();
  trial.kind = kind;
  trial.layers = layers;
  trial.activation = activation;
  return normalised(trial);
}

double shaped(double number, Activation activation) {
  if (activation == Activation::sigmoid) return 1 / (1 + std::exp(-number));
  return activation == Activation::relu ? std::max(number, 0.0) : number;
}

/// activation(inputs W + b), as the formula says it.
Numbers applied(const LayerWeights& layer, const Numbers& inputs, Activation activation) {
  Numbers outputs(layer.biases.begin(), layer.biases.end());
  for (std::size_t o = 0; o < outputs.size(); ++o) {
    for (std::size_t i = 0; i < inputs.size(); ++i)
      outputs[o] += inputs[i] * static_cast<double>(layer.weights[i * outputs.size() + o]);
    outputs[o] = shaped(outputs[o], activation);
  }
  return outputs;
}

/// The same of an encoder, which may subtract the visible bias from its inputs.
Numbers applied(const AutoencoderWeights& weights, const Numbers& inputs, Activation activation,
                bool pre_bias) {
  Numbers outputs(weights.hidden_bias.begin(), weights.hidden_bias.end());
  for (std::size_t o = 0; o < outputs.size(); ++o) {
    for (std::size_t i = 0; i < inputs.size(); ++i)
      outputs[o] += (inputs[i] - (pre_bias ? static_cast<double>(weights.visible_bias[i]) : 0)) *
                    static_cast<double>(weights.encoder[o * inputs.size() + i]);
    outputs[o] = shaped(outputs[o], activation);
  }
  return outputs;
}

/// The largest stay, the others are 0.
Numbers largest(Numbers numbers, std::size_t count) {
  Numbers sorted = numbers;
  std::ranges::sort(sorted, std::greater<>{});
  for (double& number : numbers)
    if (number < sorted[count - 1]) number = 0;
  return numbers;
}

Numbers inputs_of(const Dataset& data, std::size_t row) {
  const auto n = static_cast<std::size_t>(data.n_inputs());
  return {data.train_samples + row * n, data.train_samples + (row + 1) * n};
}

/// Returns a layer's activations of the training set, (n_train x n_units).
std::vector<float> written(const TrialResult& result, const Trial& trial, const Dataset& data, int number,
                           const Team& team = one_thread) {
  TrainedLayer layer(trial, result.weights, number, best_kernels(), team);
  std::vector<float> all;
  each_activation(
      layer, data.train_rows(), data.n_train, [] {},
      [&](std::span<const float> activations) {
        all.insert(all.end(), activations.begin(), activations.end());
      });
  EXPECT_EQ(all.size(), data.n_train * static_cast<std::size_t>(layer.n_units()));
  return all;
}

/// Compares each row with naive(inputs).
template <class Naive>
void expect_rows(const std::vector<float>& found, const Dataset& data, const Naive& naive) {
  for (const std::size_t row : {std::size_t{0}, std::size_t{1}, data.n_train - 1}) {
    const Numbers expected = naive(inputs_of(data, row));
    ASSERT_EQ(found.size(), data.n_train * expected.size());
    for (std::size_t unit = 0; unit < expected.size(); ++unit)
      EXPECT_NEAR(static_cast<double>(found[row * expected.size() + unit]), expected[unit], 1e-4)
          << "row " << row << ", unit " << unit;
  }
}

TEST(Activations, OfAClassifierAreThoseOfTheFormulaInEachLayer) {
  const Dataset data = small_dataset();
  const Trial trial = of_layers(ModelKind::classifier, "8-6", Activation::relu);
  const TrialResult result = with_weights(trial, data);
  EXPECT_EQ(count_layers(trial, result.weights, 25), 3);
  EXPECT_EQ(last_hidden_layer(trial, result.weights), 2);
  const std::vector<LayerWeights>& layers = result.weights.layers;
  const auto first = [&](const Numbers& inputs) { return applied(layers[0], inputs, Activation::relu); };
  const auto second = [&](const Numbers& inputs) {
    return applied(layers[1], first(inputs), Activation::relu);
  };
  expect_rows(written(result, trial, data, 1), data, first);
  expect_rows(written(result, trial, data, 2), data, second);
  expect_rows(written(result, trial, data, 3), data, [&](const Numbers& inputs) {
    return applied(layers[2], second(inputs), Activation::linear);  // before the softmax
  });
}

TEST(Activations, OfAnAutoencoderAreThoseBeforeTheLargestAreKept) {
  const Dataset data = small_dataset(false);
  Trial trial = of_layers(ModelKind::k_sparse, "none", Activation::relu);
  trial.pre_bias = true;
  trial.tied = false;
  const TrialResult result = with_weights(trial, data);
  EXPECT_EQ(last_hidden_layer(trial, result.weights), 1);
  const std::vector<float> found = written(result, trial, data, 1);
  expect_rows(found, data, [&](const Numbers& inputs) {
    return applied(result.weights.stack[0], inputs, Activation::relu, true);
  });
  const auto n_positive = std::ranges::count_if(found, [](float number) { return number > 0; });
  EXPECT_GT(static_cast<std::size_t>(n_positive), data.n_train * static_cast<std::size_t>(trial.k));
}

TEST(Activations, OfAStackAreOfTheCodesThatTheLayersBelowKeep) {
  const Dataset data = small_dataset();
  const Trial trial = of_layers(ModelKind::k_sparse, "12-7", Activation::relu);
  const TrialResult result = with_weights(trial, data);
  EXPECT_EQ(count_layers(trial, result.weights, 25), 2);
  const auto kept = static_cast<std::size_t>(trial.alpha * trial.k);
  ASSERT_LT(kept, 12u);
  expect_rows(written(result, trial, data, 2), data, [&](const Numbers& inputs) {
    const Numbers below = applied(result.weights.stack[0], inputs, Activation::relu, trial.pre_bias);
    return applied(result.weights.stack[1], largest(below, kept), Activation::relu, trial.pre_bias);
  });
}

TEST(Activations, OfAJointAutoencoderEndAtItsInnermostLayer) {
  const Dataset data = small_dataset();
  Trial trial = of_layers(ModelKind::k_sparse, "12-7", Activation::sigmoid);
  trial.training = LayerTraining::joint;
  trial = normalised(trial);
  const TrialResult result = with_weights(trial, data);
  ASSERT_EQ(result.weights.layers.size(), 4u);
  EXPECT_EQ(count_layers(trial, result.weights, 25), 2);
  EXPECT_EQ(last_hidden_layer(trial, result.weights), 2);
  expect_rows(written(result, trial, data, 2), data, [&](const Numbers& inputs) {
    return applied(result.weights.layers[1], applied(result.weights.layers[0], inputs, Activation::sigmoid),
                   Activation::sigmoid);
  });
}

TEST(Activations, HaveTheSameBitsOnAnyNumberOfThreads) {
  const Dataset data = small_dataset();
  const Trial trial = of_layers(ModelKind::k_sparse, "12-7", Activation::relu);
  const TrialResult result = with_weights(trial, data);
  EXPECT_EQ(written(result, trial, data, 2), written(result, trial, data, 2, Team(3)));
}

TEST(Activations, NeedWeightsThatFitTogether) {
  const Dataset data = small_dataset();
  const Trial trial = of_layers(ModelKind::classifier, "8-6", Activation::relu);
  const TrialResult result = with_weights(trial, data);
  const auto refused = [&](auto spoil) {
    Weights weights = result.weights;
    spoil(weights.layers);
    EXPECT_THAT(refusal([&] { count_layers(trial, weights, 25); }),
                HasSubstr("fit neither each other nor samples of 25 numbers"));
  };
  refused([](auto& layers) { layers[1].biases.pop_back(); });
  refused([](auto& layers) { layers[0].weights.pop_back(); });
  refused([](auto& layers) { layers.erase(layers.begin() + 1); });
  EXPECT_THAT(refusal([&] { count_layers(trial, result.weights, 24); }), HasSubstr("samples of 24 numbers"));
}

}  // namespace
}  // namespace ksweep
