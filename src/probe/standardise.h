#pragma once

#include <vector>

#include "probe/features.h"

namespace ksweep {

/// Returns for each feature 1 / its standard deviation over the samples; 1 if it may be constant but for rounding, as that of a
/// dead unit is.
std::vector<float> standardising_factors(const Features& features);

/// Returns the features, each times its factor.  Zeros stay zeros, so that sparse features stay sparse.
Features scaled(const Features& features, std::span<const float> factors);

}  // namespace ksweep
