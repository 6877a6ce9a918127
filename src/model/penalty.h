#pragma once

#include "core/trial.h"
#include "kernels/kernels.h"

namespace ksweep {

/// The penalty on hidden activations and its weight.
///   l1: weight * mean over samples of sum_j |a_j|
///   kl: weight * sum_j KL(target || mean over samples of a_j)   (CS294A notes, section 3)
///   l0: weight * (L0 / k - 1)^2, L0 being the mean over samples of the number of active units; only thresholds of jump-relu
///       learn by it
struct PenaltyRule {
  Penalty kind = Penalty::none;
  float weight = 0, target = 0.05f;
  float k = 1;
};

/// KL(target || mean) of two shares, the mean kept off 0 and 1, where it is infinite.
double kl_divergence(double target, double mean);

/// Penalty::l0 and its slope by L0.
double l0_penalty(const PenaltyRule& rule, double l0);
double l0_slope(const PenaltyRule& rule, double l0);

/// Slope of PenaltyRule's term of one unit by its mean activation.
double kl_slope(const PenaltyRule& rule, double mean);

/// Slope of the penalty with respect to an activation of one unit.  activation_sum(): over all samples; asked only if it counts.
template <class Sum>
PenaltySlope penalty_slope(const PenaltyRule& rule, const Sum& activation_sum, int n_samples) {
  if (rule.kind == Penalty::none || rule.kind == Penalty::l0) return {0, 0};
  if (rule.kind == Penalty::l1) return {rule.weight, 0};
  return {0, static_cast<float>(kl_slope(rule, activation_sum() / n_samples))};
}

}  // namespace ksweep
