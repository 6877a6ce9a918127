#pragma once

#include <cstddef>
#include <vector>

namespace ksweep {

/// A mean of paired differences and what bounds it; low = -infinity and high = +infinity where nothing can be said.
struct Bound {
  double mean, low, high;
};

/// Differences are looked at after `first` of them, after each further one, and for the last time after `last`.
struct Looks {
  std::size_t first, last;
};

/// Bounds the mean of paired differences, such that looking often is allowed: the probability that the true mean is
/// below `low` at any of the looks is at most `error`, and that it is above `high` at any of them, too.
/// differences: all so far, the n of this look.
Bound paired_bound(const std::vector<double>& differences, double error, Looks looks);

}  // namespace ksweep
