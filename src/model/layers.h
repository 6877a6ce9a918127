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

/// A dense layer: outputs = shape(inputs W + b).  Row i of W are the weights out of input i, padded with zeros.
struct Layer {
  int n_inputs = 0, n_outputs = 0;
  int stride = 0;  ///< n_outputs, padded
  Shape shape = Shape::linear;
  bool trains_biases = true;  ///< false: they stay as they are
  AlignedFloats weights;      ///< (n_inputs x stride)
  AlignedFloats biases;       ///< (stride)
};

/// Layers one after the other: the outputs of each are the inputs of the next.
using Layers = std::vector<Layer>;

Layers copy_of(std::span<const Layer> layers);

/// An autoencoder's encoder as a layer, without rules.
Layer encoder_layer(const Network& network);

/// Its decoder, for codes that are to be multiplied by `scale`.
Layer decoder_layer(const Network& network, float scale);

/// The optimiser's memory: of SGD one number for each parameter, of Adam two.
struct LayersState {
  Layers first, second;
};

/// Layers of these sizes, zero everywhere.  sizes: inputs, outputs of each layer.  The last one is linear if its loss
/// is the cross entropy of a softmax, which belongs to the loss.
Layers zero_layers(std::span<const int> sizes, Shape hidden, Shape outputs, bool trains_biases);

/// The network of a classifier: the trial's hidden layers, then one output for each class.  Biases are zero, weights
/// as trial.initial_weights says, keyed by the trial's seed.
Layers initial_layers(const Trial& trial, int n_inputs, int n_classes);

/// An autoencoder of several layers, from the inputs to the trial's innermost layer and mirrored back, not tied; weights
/// and biases as above.  The first half is the encoder.
Layers initial_autoencoder_layers(const Trial& trial, int n_inputs);

LayersState initial_state(const Layers& layers, Optimizer optimizer);

/// The parameters without padding, to be stored.
std::vector<LayerWeights> unpadded(std::span<const Layer> layers);

/// SHA-256 over all parameters without padding.
std::string weights_sha256(std::span<const Layer> layers);

}  // namespace ksweep
