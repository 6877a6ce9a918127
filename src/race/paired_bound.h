#pragma once

#include <vector>

#include "race/critical_values.h"

namespace ksweep {

/// A mean of paired differences and what bounds it; low = -infinity and high = +infinity where nothing can be said.
struct Bound {
  double mean, low, high;
};

/// Bounds the mean of paired differences, such that looking often is allowed: the probability that the true mean is
/// below `low` at any of the looks is at most `error`, and that it is above `high` at any of them, too (docs/racing.md
/// says for which differences).  differences: all so far, the n of this look.
///
/// Before the first and after the last look, and of differences that are all equal, nothing can be said.
Bound paired_bound(const std::vector<double>& differences, double error, Looks looks);

/// The same with the critical value of this look.
Bound paired_bound(const std::vector<double>& differences, double critical_value);

}  // namespace ksweep
