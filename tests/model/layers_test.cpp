#include "model/layers.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/trial_keys.h"

namespace ksweep {
namespace {

Trial classifier(InitialWeights weights, double scale) {
  Trial trial = default_trial();
  trial.kind = ModelKind::classifier;
  trial.layers = "40-20";
  trial.activation = Activation::sigmoid;
  trial.initial_weights = weights;
  trial.initial_scale = scale;
  return trial;
}

/// Largest weight and root of the mean square; the mean is seen to be near zero.
std::pair<double, double> spread(const Layer& layer) {
  double largest = 0, squares = 0, sum = 0;
  for (const float weight : layer.weights.span()) {
    sum += double(weight);
    largest = std::max(largest, std::abs(double(weight)));
    squares += double(weight) * weight;
  }
  EXPECT_LT(std::abs(sum), 0.05 * std::sqrt(squares * layer.n_inputs * layer.n_outputs));
  return {largest, std::sqrt(squares / (layer.n_inputs * layer.n_outputs))};
}

TEST(InitialLayers, AreChainedFromInputsToClasses) {
  const Layers layers = initial_layers(classifier(InitialWeights::normal, 0.1), 784, 10);
  ASSERT_EQ(layers.size(), 3u);
  EXPECT_EQ(layers[0].n_inputs, 784);
  EXPECT_EQ(layers[1].n_inputs, 40);
  EXPECT_EQ(layers[2].n_inputs, 20);
  EXPECT_EQ(layers[2].n_outputs, 10);
  EXPECT_EQ(layers[2].stride, 16);
  EXPECT_EQ(layers[1].shape, Activation::sigmoid);
  EXPECT_EQ(layers[2].shape, Activation::linear);  // softmax belongs to the loss
}

TEST(InitialLayers, WithoutHiddenLayersAreOne) {
  Trial trial = classifier(InitialWeights::normal, 0.1);
  trial.layers = "none";
  EXPECT_EQ(initial_layers(trial, 784, 10).size(), 1u);
}

TEST(InitialLayers, OfAnAutoencoderAreMirrored) {
  Trial trial = classifier(InitialWeights::normal, 0.1);
  trial.decoder = Activation::relu;
  const Layers layers = initial_autoencoder_layers(trial, 784);
  ASSERT_EQ(layers.size(), 4u);
  EXPECT_EQ(layers[1].n_outputs, 20);
  EXPECT_EQ(layers[2].n_outputs, 40);
  EXPECT_EQ(layers[3].n_outputs, 784);
  EXPECT_EQ(layers[2].shape, Activation::sigmoid);
  EXPECT_EQ(layers[3].shape, Activation::relu);
}

TEST(EncoderLayer, IsTheNetworksEncoderTransposed) {
  Trial trial = default_trial();
  trial.n_hidden = 5;
  trial.activation = Activation::relu;
  const Network network = initial_network(trial, 7);
  const Layer layer = encoder_layer(network);
  EXPECT_EQ(layer.shape, Activation::relu);
  for (int unit = 0; unit < 5; ++unit) {
    EXPECT_EQ(layer.biases[std::size_t(unit)], network.hidden_bias[std::size_t(unit)]);
    for (int input = 0; input < 7; ++input)
      EXPECT_EQ(layer.weights[std::size_t(input * layer.stride + unit)], network.encoder_row(unit)[input]);
  }
}

TEST(InitialLayers, AreSpreadAsTheKeySays) {
  const auto [largest, deviation] =
      spread(initial_layers(classifier(InitialWeights::uniform, 0.5), 784, 10)[0]);
  EXPECT_LE(largest, 0.5);
  EXPECT_NEAR(deviation, 0.5 / std::sqrt(3), 0.003);
  const auto glorot = spread(initial_layers(classifier(InitialWeights::glorot, 1), 784, 10)[0]);
  EXPECT_LE(glorot.first, std::sqrt(6.0 / (784 + 40)));
  EXPECT_NEAR(glorot.second, std::sqrt(2.0 / (784 + 40)), 0.001);
  const auto normal = spread(initial_layers(classifier(InitialWeights::normal, 0.1), 784, 10)[0]);
  EXPECT_NEAR(normal.second, 0.1, 0.001);
  EXPECT_GT(normal.first, 0.3);
}

TEST(InitialLayers, OfWiderLayersShareTheirFirstWeights) {
  Trial wider = classifier(InitialWeights::uniform, 1);
  wider.layers = "50-20";
  const Layers one = initial_layers(classifier(InitialWeights::uniform, 1), 784, 10),
               other = initial_layers(wider, 784, 10);
  for (int i = 0; i < 784; ++i)
    for (int j = 0; j < 40; ++j)
      ASSERT_EQ(one[0].weights[i * one[0].stride + j], other[0].weights[i * other[0].stride + j]);
}

TEST(InitialLayers, OfAnotherSeedHaveAnotherHash) {
  Trial trial = classifier(InitialWeights::uniform, 1);
  const std::string hash = weights_sha256(initial_layers(trial, 7, 3));
  EXPECT_EQ(weights_sha256(initial_layers(trial, 7, 3)), hash);
  trial.seed = 1;
  EXPECT_NE(weights_sha256(initial_layers(trial, 7, 3)), hash);
}

}  // namespace
}  // namespace ksweep
