#pragma once

#include "model/batch.h"

namespace ksweep {

/// KL(target || mean) of two shares, the mean kept off 0 and 1, where it is infinite.
double kl_divergence(double target, double mean);

/// Slope of PenaltyRule's term of one unit by its mean activation.
double kl_slope(const PenaltyRule& rule, double mean);

}  // namespace ksweep
