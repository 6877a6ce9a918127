#pragma once

#include <string>
#include <vector>

#include "kernels/kernels.h"

namespace ksweep {

/// Names of the instruction sets that this program has kernels for and this CPU can run, best last.  One of them is
/// taken where none is asked for.
std::vector<std::string> available_isas();

/// The same, and after them those that are used only if asked for by name.
/// avx512bf16, amx: screen candidates in bf16 (kernels/screening.h).
/// naive: the formulas as plain as in kernels/reference.h, compiled for no particular CPU.
std::vector<std::string> all_isas();

/// Whether kernels_for() gives kernels of that name here.
bool runs_here(const std::string& isa);

/// The kernels of one instruction set.  Throws UserError for a name that is unknown or that this machine cannot run.
const Kernels& kernels_for(const std::string& isa);

/// Those of the best instruction set of this CPU.
const Kernels& best_kernels();

}  // namespace ksweep
