#pragma once

#include "model/batch.h"

namespace ksweep {

/// Returns KL(target || mean) of two Bernoulli distributions; the mean is clamped, since the result is
/// infinite at 0 and 1.
double kl_divergence(double target, double mean);

/// Returns the derivative of one unit's penalty by its mean activation.
double kl_slope(const PenaltyRule& rule, double mean);

}  // namespace ksweep
