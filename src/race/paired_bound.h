#pragma once

#include <vector>

namespace ksweep {

/// A mean of paired differences and what bounds it; low = -infinity and high = +infinity where nothing can be said.
struct Bound {
  double mean, low, high;
};

/// Bounds the mean of paired differences by so many standard errors; with those of critical_value(), looking often is allowed: the
/// probability that the true mean is below `low` at any look is at most its error, and that it is above `high` at any, too.
///
/// Of differences that are all equal nothing can be said.
Bound paired_bound(const std::vector<double>& differences, double critical_value);

}  // namespace ksweep
