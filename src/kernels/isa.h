#pragma once

#include <string>
#include <vector>

#include "kernels/kernels.h"

namespace ksweep {

/// Returns the names of the instruction sets that this program has kernels for and this CPU can run, best
/// last.  One of them is chosen by default.
std::vector<std::string> available_isas();

/// The same, followed by those that are used only if requested by name.
/// avx512bf16, amx: screen candidates in bf16 (kernels/screening.h).
/// naive: the plain formulas of kernels/reference.h, compiled for no particular CPU.
std::vector<std::string> all_isas();

/// Whether kernels_for() returns kernels of that name on this machine.
bool runs_here(const std::string& isa);

/// Returns the kernels of an instruction set.  Throws UserError if the name is unknown or this machine cannot
/// run it.
const Kernels& kernels_for(const std::string& isa);

/// Returns the kernels of the best instruction set of this CPU.
const Kernels& best_kernels();

}  // namespace ksweep
