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

double kl_slope(const PenaltyRule& rule, double mean) {
  mean = inside(mean);
  const double target = rule.target;
  return rule.weight * ((1 - target) / (1 - mean) - target / mean);
}

}  // namespace ksweep
