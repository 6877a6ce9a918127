#pragma once

#include <string>

#include "core/trial.h"
#include "core/weights.h"
#include "kernels/aligned.h"
#include "kernels/kernels.h"

namespace ksweep {

/// An autoencoder's parameters.  Row j of `encoder` are the weights into hidden unit j, row j of `decoder` the image
/// that it draws; rows are `stride` apart and padded with zeros.
struct Network {
  int n_inputs = 0, n_hidden = 0, stride = 0;
  Activation activation = Activation::linear;
  Activation output = Activation::linear;  ///< of the reconstruction
  bool pre_bias = false;                   ///< the visible bias is subtracted from the inputs
  bool unit_norm = false;                  ///< rows of the decoder have length 1
  AlignedFloats encoder;                   ///< (n_hidden x stride)
  AlignedFloats decoder;       ///< the same, or empty: tied, the decoder is the encoder transposed
  AlignedFloats hidden_bias;   ///< (n_hidden)
  AlignedFloats visible_bias;  ///< (stride)

  bool tied() const { return decoder.empty(); }
  const float* encoder_row(int unit) const { return encoder.data() + std::ptrdiff_t{unit} * stride; }
  const float* decoder_row(int unit) const {
    return (tied() ? encoder : decoder).data() + std::ptrdiff_t{unit} * stride;
  }
};

/// All parameters from the distribution of trial.initial_weights, keyed by the trial's seed and, in a stack, by the layer's
/// position.  With unit_norm and a decoder of its own, that begins as the encoder, normalised (Gao et al. 2024, appendix A.1).
/// Source of normal: published code of Makhzani & Frey 2014 (0.01 N(0, 1)).
Network initial_network(const Trial& trial, int n_inputs, int position = 0);

/// Gives a row length 1, unless it is zero.
void normalise(float* row, int count);

/// SHA-256 over all parameters without padding.
std::string weights_sha256(const Network& network);

/// The parameters without padding, to be stored.
AutoencoderWeights unpadded(const Network& network);

Shape shape_of(Activation activation);

}  // namespace ksweep
