#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace ksweep {

/// Parameters of an autoencoder with one hidden layer.
struct AutoencoderWeights {
  int n_hidden = 0, n_inputs = 0;
  std::vector<float> encoder;          ///< (n_hidden x n_inputs), one unit per row
  std::vector<float> decoder;          ///< (n_hidden x n_inputs), empty if tied
  std::vector<float> hidden_bias;      ///< (n_hidden)
  std::vector<float> visible_bias;     ///< (n_inputs)
  std::vector<float> thresholds = {};  ///< (n_hidden) of jump-relu, else empty
  std::vector<std::int32_t> active =
      {};  ///< (n_hidden) validation samples in which the unit is active; empty: not counted
};

/// Parameters of a dense layer: outputs = activation(inputs W + b).
struct LayerWeights {
  int n_inputs = 0, n_outputs = 0;
  std::vector<float> weights;  ///< (n_inputs x n_outputs)
  std::vector<float> biases;   ///< (n_outputs)
};

/// How the numbers of a data set became a network's inputs: input = (number / divisor - mean) * factor.
struct InputScaling {
  double divisor = 0;            ///< 0: not known, as in records of earlier versions
  std::vector<float> mean = {};  ///< (n_inputs); empty: nothing was subtracted
  float factor = 1;
};

/// All parameters of a trial, from the inputs on, in one of two forms; empty if they are not stored.
struct Weights {
  std::vector<AutoencoderWeights> stack;  ///< greedily trained layers, usually just one
  std::vector<LayerWeights> layers;       ///< one network: a classifier or a joint autoencoder
  InputScaling inputs = {};               ///< no parameter: what they were trained on

  bool empty() const { return stack.empty() && layers.empty(); }
};

/// Returns SHA-256 over all parameters as store/FORMAT.md defines it.
std::string weights_sha256(const Weights& weights);

}  // namespace ksweep
