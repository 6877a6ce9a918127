#pragma once

#include <string>

#include "core/trial.h"
#include "core/weights.h"
#include "kernels/aligned.h"
#include "kernels/kernels.h"

namespace ksweep {

/// An autoencoder's parameters.  Row j of `encoder` holds the weights into hidden unit j, row j of `decoder`
/// those out of it; rows are `stride` apart and padded with zeros.
struct Network {
  int n_inputs = 0, n_hidden = 0, stride = 0;
  Activation activation = Activation::linear;
  Activation output = Activation::linear;  ///< of the reconstruction
  bool pre_bias = false;                   ///< the visible bias is subtracted from the inputs
  bool unit_norm = false;                  ///< rows of the decoder have length 1
  AlignedFloats encoder;                   ///< (n_hidden x stride)
  AlignedFloats decoder;                   ///< the same; empty if tied, when it is the encoder transposed
  AlignedFloats hidden_bias;               ///< (n_hidden)
  AlignedFloats visible_bias;              ///< (stride)
  AlignedFloats thresholds;  ///< (n_hidden), of jump-relu: activations up to them are 0; else empty

  bool tied() const { return decoder.empty(); }
  const float* encoder_row(int unit) const { return encoder.data() + std::ptrdiff_t{unit} * stride; }
  const float* decoder_row(int unit) const {
    return (tied() ? encoder : decoder).data() + std::ptrdiff_t{unit} * stride;
  }
};

/// Returns parameters from the distribution of trial.initial_weights, drawn with the trial's seed and the
/// layer's position in a stack.  With unit_norm an untied decoder starts as the normalised encoder (Gao et
/// al. 2024, appendix A.1).
/// Source of normal: published code of Makhzani & Frey 2014 (0.01 N(0, 1)).
Network initial_network(const Trial& trial, int n_inputs, int position = 0);

/// The inverse of unpadded(): a network with these parameters.  trial: of this layer alone.
Network network_of(const Trial& trial, const AutoencoderWeights& weights);

/// Returns all parameters; some may be empty.
std::vector<AlignedFloats*> parameters(Network& network);

/// Scales a row to length 1, unless it is zero.
void normalise(float* row, int count);

/// Returns SHA-256 over all parameters without padding.
std::string weights_sha256(const Network& network);

/// Returns the parameters without padding, as they are stored.
AutoencoderWeights unpadded(const Network& network);

}  // namespace ksweep
