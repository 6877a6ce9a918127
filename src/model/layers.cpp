#include "model/layers.h"

#include <algorithm>
#include <cmath>

#include "base/random.h"
#include "core/layer_sizes.h"

namespace ksweep {
namespace {

Activation output_shape(Output output) {
  return output == Output::sigmoid ? Activation::sigmoid : Activation::linear;
}

/// Returns half the width of the uniform distribution.  Source of glorot: Glorot & Bengio 2010, equation 16.
double half_width(const Trial& trial, const Layer& layer) {
  return trial.initial_weights == InitialWeights::glorot
             ? trial.initial_scale * std::sqrt(6.0 / (layer.n_inputs + layer.n_outputs))
             : trial.initial_scale;
}

/// Draws the weights from a stream for each input of each layer, so that wider layers share their first
/// weights.
void draw_weights(const Trial& trial, std::size_t position, Layer& layer) {
  for (int input = 0; input < layer.n_inputs; ++input) {
    RandomStream stream(static_cast<std::uint64_t>(trial.seed), Purpose::layer_weights,
                        static_cast<std::uint32_t>(position), static_cast<std::uint64_t>(input));
    float* row = layer.weights.data() + std::ptrdiff_t{input} * layer.stride;
    const double width = half_width(trial, layer);
    for (int output = 0; output < layer.n_outputs; ++output)
      row[output] = static_cast<float>(trial.initial_weights == InitialWeights::normal
                                           ? trial.initial_scale * stream.normal()
                                           : stream.uniform(-width, width));
  }
}

Layers drawn(const Trial& trial, Layers layers) {
  for (std::size_t i = 0; i < layers.size(); ++i) draw_weights(trial, i, layers[i]);
  return layers;
}

Layer zero_layer(int n_inputs, int n_outputs) {
  Layer layer;
  layer.n_inputs = n_inputs;
  layer.n_outputs = n_outputs;
  layer.stride = padded(n_outputs);
  layer.weights = AlignedFloats(static_cast<std::size_t>(n_inputs) * layer.stride);
  layer.biases = AlignedFloats(static_cast<std::size_t>(layer.stride));
  return layer;
}

Layers zeros_like(const Layers& layers) {
  Layers zeros;
  for (const Layer& layer : layers) zeros.push_back(zero_layer(layer.n_inputs, layer.n_outputs));
  return zeros;
}

void copy(const AlignedFloats& from, AlignedFloats& to) { std::ranges::copy(from.span(), to.data()); }

}  // namespace

Layers copy_of(std::span<const Layer> layers) {
  Layers copies;
  for (const Layer& layer : layers) {
    Layer& same = copies.emplace_back(zero_layer(layer.n_inputs, layer.n_outputs));
    same.shape = layer.shape;
    same.trains_biases = layer.trains_biases;
    copy(layer.weights, same.weights);
    copy(layer.biases, same.biases);
  }
  return copies;
}

std::vector<AlignedFloats*> parameters(Layers& layers) {
  std::vector<AlignedFloats*> all;
  for (Layer& layer : layers) {
    all.push_back(&layer.weights);
    all.push_back(&layer.biases);
  }
  return all;
}

Layer encoder_layer(const Network& network) {
  Layer layer = zero_layer(network.n_inputs, network.n_hidden);
  layer.shape = network.activation;
  for (int input = 0; input < layer.n_inputs; ++input)
    for (int unit = 0; unit < layer.n_outputs; ++unit)
      layer.weights[static_cast<std::size_t>(input) * static_cast<std::size_t>(layer.stride) +
                    static_cast<std::size_t>(unit)] = network.encoder_row(unit)[input];
  for (int unit = 0; unit < layer.n_outputs; ++unit) {
    const float* row = network.encoder_row(unit);
    double bias = static_cast<double>(network.hidden_bias[static_cast<std::size_t>(unit)]);
    for (int input = 0; network.pre_bias && input < layer.n_inputs; ++input)
      bias -= static_cast<double>(row[input]) *
              static_cast<double>(network.visible_bias[static_cast<std::size_t>(input)]);
    layer.biases[static_cast<std::size_t>(unit)] = static_cast<float>(bias);
  }
  return layer;
}

Layer decoder_layer(const Network& network, float scale) {
  Layer layer = zero_layer(network.n_hidden, network.n_inputs);
  layer.shape = network.output;
  const std::ptrdiff_t size = std::ptrdiff_t{network.n_hidden} * network.stride;
  for (std::ptrdiff_t i = 0; i < size; ++i) layer.weights[i] = scale * network.decoder_row(0)[i];
  std::copy_n(network.visible_bias.data(), layer.n_outputs, layer.biases.data());
  return layer;
}

Layers zero_layers(std::span<const int> sizes, Activation hidden, Activation outputs, bool trains_biases) {
  Layers layers;
  for (std::size_t i = 1; i < sizes.size(); ++i) {
    layers.push_back(zero_layer(sizes[i - 1], sizes[i]));
    layers.back().shape = i + 1 < sizes.size() ? hidden : outputs;
    layers.back().trains_biases = trains_biases;
  }
  return layers;
}

Layers initial_layers(const Trial& trial, int n_inputs, int n_classes) {
  const std::vector<int> sizes = layer_sizes(trial.layers, n_inputs, n_classes);
  return drawn(trial, zero_layers(sizes, trial.activation, output_shape(trial.output),
                                  trial.biases == Biases::trained));
}

Layers initial_autoencoder_layers(const Trial& trial, int n_inputs) {
  const std::vector<int> sizes = mirrored_layer_sizes(trial.layers, n_inputs);
  return drawn(trial, zero_layers(sizes, trial.activation, trial.decoder, true));
}

LayersState initial_state(const Layers& layers, Optimizer optimizer) {
  return {zeros_like(layers), n_moments(optimizer) > 1 ? zeros_like(layers) : Layers{}};
}

std::vector<LayerWeights> unpadded(std::span<const Layer> layers) {
  std::vector<LayerWeights> all;
  for (const Layer& layer : layers) {
    LayerWeights& own = all.emplace_back(LayerWeights{layer.n_inputs, layer.n_outputs, {}, {}});
    const auto n_outputs = static_cast<std::size_t>(layer.n_outputs);
    own.weights.reserve(static_cast<std::size_t>(layer.n_inputs) * n_outputs);
    for (int input = 0; input < layer.n_inputs; ++input) {
      const float* row = layer.weights.data() + std::ptrdiff_t{input} * layer.stride;
      own.weights.insert(own.weights.end(), row, row + n_outputs);
    }
    own.biases.assign(layer.biases.data(), layer.biases.data() + n_outputs);
  }
  return all;
}

Layers layers_of(const Trial& trial, std::span<const LayerWeights> stored) {
  std::vector<int> sizes{stored.front().n_inputs};
  for (const LayerWeights& layer : stored) sizes.push_back(layer.n_outputs);
  const bool classifies = trial.kind == ModelKind::classifier;
  Layers layers =
      zero_layers(sizes, trial.activation, classifies ? output_shape(trial.output) : trial.decoder, true);
  for (std::size_t i = 0; i < layers.size(); ++i) {
    for (int input = 0; input < layers[i].n_inputs; ++input)
      std::copy_n(stored[i].weights.data() + std::ptrdiff_t{input} * layers[i].n_outputs, layers[i].n_outputs,
                  layers[i].weights.data() + std::ptrdiff_t{input} * layers[i].stride);
    std::ranges::copy(stored[i].biases, layers[i].biases.data());
  }
  return layers;
}

std::string weights_sha256(std::span<const Layer> layers) {
  return weights_sha256(Weights{{}, unpadded(layers)});
}

}  // namespace ksweep
