#pragma once

#include <string>
#include <vector>

#include "kernels/kernels.h"

namespace ksweep {

/// Returns the names of the instruction sets that this program has kernels for and this CPU can run, best
/// last.  One of them is chosen by default.
std::vector<std::string> available_isas();

/// The same, followed by others.
/// avx512bf16, amx: avx512 that screens candidates in bf16 (kernels/screening.h), with the same bits; see fastest_alike().
/// naive: the plain formulas of kernels/reference.h, compiled for no particular CPU.
std::vector<std::string> all_isas();

/// Whether kernels_for() returns kernels of that name on this machine.
bool runs_here(const std::string& isa);

/// Returns the kernels of an instruction set.  Throws UserError if the name is unknown or this machine cannot
/// run it.
const Kernels& kernels_for(const std::string& isa);

/// Returns whether this machine computes the bits that results of this instruction set have.  Earlier versions of the program
/// recorded avx512bf16 and amx, whose bits nothing gives any more.
bool reproduces(const std::string& isa);

/// Returns the kernels that give the bits of an instruction set and are fastest on this CPU: those that screen, if their products are
/// measured to be fast enough.
const Kernels& fastest_alike(const std::string& isa);

/// Returns the kernels of the best instruction set of this CPU.
const Kernels& best_kernels();

}  // namespace ksweep
