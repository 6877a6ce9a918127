#pragma once

#include <string>
#include <vector>

#include "kernels/kernels.h"

namespace ksweep {

/// Names of the instruction sets that this program has kernels for and this CPU can run, best last.
std::vector<std::string> available_isas();

/// The kernels of one instruction set.  Throws UserError for a name that is unknown or that this CPU lacks.
const Kernels& kernels_for(const std::string& isa);

/// Those of the best instruction set of this CPU.
const Kernels& best_kernels();

}  // namespace ksweep
