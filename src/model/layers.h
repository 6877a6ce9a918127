#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/trial.h"
#include "core/weights.h"
#include "kernels/aligned.h"
#include "kernels/kernels.h"
#include "model/network.h"

namespace ksweep {

/// A dense layer: outputs = shape(inputs W + b).  Row i of W holds the weights of input i, padded with zeros.
struct Layer {
  int n_inputs = 0, n_outputs = 0;
  int stride = 0;  ///< n_outputs, padded
  Activation shape = Activation::linear;
  bool trains_biases = true;  ///< false: biases are not updated
  AlignedFloats weights;      ///< (n_inputs x stride)
  AlignedFloats biases;       ///< (stride)
};

/// Consecutive layers: the outputs of each are the inputs of the next.
using Layers = std::vector<Layer>;

Layers copy_of(std::span<const Layer> layers);

/// Returns all parameters.
std::vector<AlignedFloats*> parameters(Layers& layers);

/// Returns an autoencoder's encoder as a layer, without its sparsity rule.
Layer encoder_layer(const Network& network);

/// Returns its decoder, with weights multiplied by `scale`.
Layer decoder_layer(const Network& network, float scale);

/// The optimiser's state: one number per parameter for SGD, two for Adam.
struct LayersState {
  Layers first, second;
};

/// Returns layers of these sizes with all parameters zero.  sizes: inputs, then outputs of each layer.
/// `outputs` must be linear for cross entropy, since the softmax belongs to the loss.
Layers zero_layers(std::span<const int> sizes, Activation hidden, Activation outputs, bool trains_biases);

/// Returns a classifier's initial network: the trial's hidden layers, then one output per class.  Biases are
/// zero, weights as trial.initial_weights says, drawn with the trial's seed.
Layers initial_layers(const Trial& trial, int n_inputs, int n_classes);

/// Returns the initial network of a jointly trained autoencoder, from the inputs to the innermost layer and
/// mirrored back, not tied; weights and biases as above.  The first half is the encoder.
Layers initial_autoencoder_layers(const Trial& trial, int n_inputs);

LayersState initial_state(const Layers& layers, Optimizer optimizer);

/// Returns the parameters without padding, as they are stored.
std::vector<LayerWeights> unpadded(std::span<const Layer> layers);

/// The inverse of unpadded(): a classifier, or a jointly trained autoencoder, with these parameters.  Each layer has as many
/// inputs as the one before has outputs.
Layers layers_of(const Trial& trial, std::span<const LayerWeights> stored);

/// Returns SHA-256 over all parameters without padding.
std::string weights_sha256(std::span<const Layer> layers);

}  // namespace ksweep
