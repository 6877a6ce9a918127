#include "model/penalty.h"

#include <algorithm>
#include <cmath>

namespace ksweep {
namespace {

double inside(double mean) { return std::clamp(mean, 1e-6, 1 - 1e-6); }

}  // namespace

double kl_divergence(double target, double mean) {
  mean = inside(mean);
  return target * std::log(target / mean) + (1 - target) * std::log((1 - target) / (1 - mean));
}

double l0_penalty(const PenaltyRule& rule, double l0) {
  const double excess = l0 / static_cast<double>(rule.k) - 1;
  return static_cast<double>(rule.weight) * excess * excess;
}

double l0_slope(const PenaltyRule& rule, double l0) {
  if (rule.kind != Penalty::l0) return 0;
  const double k = rule.k;
  return 2 * static_cast<double>(rule.weight) * (l0 / k - 1) / k;
}

double kl_slope(const PenaltyRule& rule, double mean) {
  mean = inside(mean);
  const double target = rule.target;
  return rule.weight * ((1 - target) / (1 - mean) - target / mean);
}

}  // namespace ksweep
