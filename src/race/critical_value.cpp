#include "race/critical_value.h"

#include <cassert>
#include <cmath>
#include <limits>

namespace ksweep {

// The martingale is the likelihood ratio of t_n between effect sizes that are drawn from a normal distribution with the variance
// 1 / precision, and none:
//   G_n = sqrt(precision / (n + precision)) ((1 + u) / (1 + u precision / (n + precision)))^(n/2),  u = t_n^2 / (n - 1).
// It is solved for t_n where G_n = (1 / error + 1) / 2, the bound for one side.
double critical_value(double error, std::size_t n, double precision) {
  assert(error > 0 && error < 1 && n >= 2);
  const auto number = static_cast<double>(n);
  const double share = precision / (number + precision);
  const double power = std::pow((1 / error + 1) / 2 / std::sqrt(share), 2 / number);
  if (power * share >= 1) return std::numeric_limits<double>::infinity();
  return std::sqrt((number - 1) * (power - 1) / (1 - power * share));
}

}  // namespace ksweep
