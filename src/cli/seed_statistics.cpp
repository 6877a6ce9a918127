#include "cli/seed_statistics.h"

#include <cmath>
#include <numeric>

#include "base/distributions.h"

namespace ksweep {
namespace {

constexpr double level = 0.05;

}  // namespace

double mean_of(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double deviation_of(const std::vector<double>& values) {
  if (values.size() < 2) return NAN;
  const double mean = mean_of(values);
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return std::sqrt(squares / static_cast<double>(values.size() - 1));
}

double half_width(double deviation, std::size_t n, std::size_t comparisons) {
  if (n < least_for_interval) return NAN;
  const auto number = static_cast<double>(n);
  const double tail = level / (2 * static_cast<double>(comparisons));
  return student_t_quantile(number - 1, tail) * deviation / std::sqrt(number);
}

}  // namespace ksweep
