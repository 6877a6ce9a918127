#pragma once

#include "core/optimizer.h"
#include "model/network.h"

namespace ksweep {

/// The optimiser's moments of each parameter, in the parameters' own layout; `second` is empty for an optimiser that has one.
struct OptimizerState {
  Network first, second;
};

OptimizerState initial_state(const Network& network, Optimizer optimizer);

}  // namespace ksweep
