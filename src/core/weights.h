#pragma once

#include <string>
#include <vector>

namespace ksweep {

/// Parameters of an autoencoder of one hidden layer.
struct AutoencoderWeights {
  int n_hidden = 0, n_inputs = 0;
  std::vector<float> encoder;       ///< (n_hidden x n_inputs), one unit per row
  std::vector<float> decoder;       ///< (n_hidden x n_inputs), empty if tied
  std::vector<float> hidden_bias;   ///< (n_hidden)
  std::vector<float> visible_bias;  ///< (n_inputs)
};

/// Parameters of a dense layer: outputs = activation(inputs W + b).
struct LayerWeights {
  int n_inputs = 0, n_outputs = 0;
  std::vector<float> weights;  ///< (n_inputs x n_outputs)
  std::vector<float> biases;   ///< (n_outputs)
};

/// All parameters of a trial, from the inputs on, in one of two forms; empty where they are not kept.
struct Weights {
  std::vector<AutoencoderWeights> stack;  ///< trained one after the other, mostly just one
  std::vector<LayerWeights> layers;       ///< of one network: a classifier, or layers trained jointly

  bool empty() const { return stack.empty() && layers.empty(); }
};

/// SHA-256 over all parameters; how is told in store/FORMAT.md.
std::string weights_sha256(const Weights& weights);

}  // namespace ksweep
