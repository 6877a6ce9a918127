#pragma once

#include <string>

#include "core/trial.h"
#include "core/trial_result.h"
#include "kernels/aligned.h"
#include "kernels/kernels.h"

namespace ksweep {

/// An autoencoder's parameters.  Row j of `encoder` are the weights into hidden unit j, row j of `decoder` the image
/// that it draws; rows are `stride` apart and padded with zeros.
struct Network {
  int n_inputs = 0, n_hidden = 0, stride = 0;
  Activation activation = Activation::linear;
  AlignedFloats encoder;       ///< (n_hidden x stride)
  AlignedFloats decoder;       ///< the same, or empty: tied, the decoder is the encoder transposed
  AlignedFloats hidden_bias;   ///< (n_hidden)
  AlignedFloats visible_bias;  ///< (stride)

  bool tied() const { return decoder.empty(); }
  const float* encoder_row(int unit) const { return encoder.data() + std::ptrdiff_t{unit} * stride; }
  const float* decoder_row(int unit) const {
    return (tied() ? encoder : decoder).data() + std::ptrdiff_t{unit} * stride;
  }
};

/// All parameters from N(0, trial.initial_scale^2), keyed by the trial's seed.
/// Source: published code of Makhzani & Frey 2014 (0.01 N(0, 1)).
Network initial_network(const Trial& trial, int n_inputs);

/// SHA-256 over all parameters without padding.
std::string weights_sha256(const Network& network);

/// The parameters without padding, to be stored.
Weights unpadded(const Network& network);

Shape shape_of(Activation activation);

}  // namespace ksweep
