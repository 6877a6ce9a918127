#pragma once

#include <cstddef>
#include <vector>

namespace ksweep {

/// From fewer seeds no interval is given.
inline constexpr std::size_t least_for_interval = 3;

double mean_of(const std::vector<double>& values);
/// Returns the standard deviation; NaN for fewer than two values.
double deviation_of(const std::vector<double>& values);

/// Returns half the width of the 95 % t interval of a mean over n values with this standard deviation; of so many
/// means at once with Bonferroni's correction.  NaN for fewer than three values.
/// half_width() in analysis/ksweep_report/results/statistics.py is the same for the report; a test compares them.
double half_width(double deviation, std::size_t n, std::size_t comparisons = 1);

}  // namespace ksweep
