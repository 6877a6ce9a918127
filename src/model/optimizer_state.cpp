#include "model/optimizer_state.h"

namespace ksweep {
namespace {

Network zeros_like(const Network& network) {
  Network zeros;
  zeros.n_inputs = network.n_inputs;
  zeros.n_hidden = network.n_hidden;
  zeros.stride = network.stride;
  zeros.encoder = AlignedFloats(network.encoder.size());
  zeros.decoder = AlignedFloats(network.decoder.size());
  zeros.hidden_bias = AlignedFloats(network.hidden_bias.size());
  zeros.visible_bias = AlignedFloats(network.visible_bias.size());
  zeros.thresholds = AlignedFloats(network.thresholds.size());
  return zeros;
}

}  // namespace

OptimizerState initial_state(const Network& network, Optimizer optimizer) {
  return {zeros_like(network), n_moments(optimizer) > 1 ? zeros_like(network) : Network{}};
}

}  // namespace ksweep
