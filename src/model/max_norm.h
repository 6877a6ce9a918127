#pragma once

#include "base/team.h"
#include "model/layers.h"

namespace ksweep {

/// Scales the incoming weights of each unit of a layer down to the length max_norm, if they are longer; biases stay.  Lengths
/// are summed in double precision, in the order of the inputs.  Source: Srivastava et al. 2014, section 5.1.
void limit_incoming_weights(Layer& layer, double max_norm, const Team& team);

}  // namespace ksweep
