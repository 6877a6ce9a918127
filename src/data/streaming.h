#pragma once

#include <string>

#include "data/prepare.h"

namespace ksweep {

/// Whether so many numbers of samples, in single precision, would take more than a quarter of the memory that the program may use:
/// then they are streamed.
bool too_many_for_memory(double n_numbers);

/// Throws UserError if a preparation needs all samples at a time.  where: "/data/acts", "data.set = superposition"; instead: what
/// happens to samples that are too many for the memory, "stay in their files".
void refuse_to_stream(const Preparation& how, const std::string& where, double n_numbers,
                      const char* instead);

}  // namespace ksweep
