#pragma once

#include "core/trial.h"
#include "kernels/kernels.h"

namespace ksweep {

/// The penalty on hidden activations and its weight.
///   l1: weight * mean over samples of sum_j |a_j|
///   kl: weight * sum_j KL(target || mean over samples of a_j)   (CS294A notes, section 3)
struct PenaltyRule {
  Penalty kind = Penalty::none;
  float weight = 0, target = 0.05f;
};

/// KL(target || mean) of two shares, the mean kept off 0 and 1, where it is infinite.
double kl_divergence(double target, double mean);

/// Slope of PenaltyRule's term of one unit by its mean activation.
double kl_slope(const PenaltyRule& rule, double mean);

/// Slope of the penalty with respect to an activation of one unit.  activation_sum(): over all samples; asked only if it counts.
template <class Sum>
PenaltySlope penalty_slope(const PenaltyRule& rule, const Sum& activation_sum, int n_samples) {
  if (rule.kind == Penalty::none) return {0, 0};
  if (rule.kind == Penalty::l1) return {rule.weight, 0};
  return {0, static_cast<float>(kl_slope(rule, activation_sum() / n_samples))};
}

}  // namespace ksweep
