#pragma once

#include <vector>

#include "simulated_field.h"

namespace ksweep {

/// Prints what races to which values of k are added come to: for the first law by curve, for all of them the largest numbers.
void print_refined(const std::vector<Law>& chosen);

}  // namespace ksweep
