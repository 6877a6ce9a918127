#include "race/paired_bound.h"

#include <cmath>
#include <limits>
#include <numeric>

namespace ksweep {
namespace {

/// Differences of equal values by rounding only scatter by less than this part of their mean.
constexpr double rounding = 1e-9;
constexpr double infinity = std::numeric_limits<double>::infinity();

}  // namespace

Bound paired_bound(const std::vector<double>& differences, double critical_value) {
  const auto n = static_cast<double>(differences.size());
  const double mean = std::accumulate(differences.begin(), differences.end(), 0.0) / n;
  double squares = 0;
  for (const double difference : differences) squares += (difference - mean) * (difference - mean);
  const double error_of_mean = std::sqrt(squares / (n - 1) / n);
  if (!(error_of_mean > rounding * std::abs(mean))) return {mean, -infinity, infinity};
  return {mean, mean - critical_value * error_of_mean, mean + critical_value * error_of_mean};
}

Bound paired_bound(const std::vector<double>& differences, double error, Looks looks) {
  const std::size_t n = differences.size();
  if (n < looks.first || n > looks.last) return paired_bound(differences, infinity);
  return paired_bound(differences, critical_values(error, looks).at(n - looks.first));
}

}  // namespace ksweep
