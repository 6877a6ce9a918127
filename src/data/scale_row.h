#pragma once

#include <span>

#include "core/weights.h"

namespace ksweep {

/// Turns the numbers of a sample into a network's inputs, in place and in single precision.  The divisor has to be known.
void scale_row(const InputScaling& scaling, std::span<float> numbers);

}  // namespace ksweep
