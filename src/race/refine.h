#pragma once

#include <cstddef>
#include <vector>

namespace ksweep {

/// Returns the values of k to add around the leader: the geometric means, rounded to whole numbers, of the leader's k
/// and of its neighbours on either side, ascending; none where both are so close that no whole number is between them.
///
/// k: ascending.  left[i]: k[i] has left the race.  Nothing is added before the leader's neighbours have left.  ended: the race has
/// ended, so that one neighbour that could not be told from the leader stops nothing; if that is so of both, values between
/// them could not be told apart either, and none are added.
std::vector<std::size_t> refined_k(const std::vector<std::size_t>& k, std::size_t leader,
                                   const std::vector<bool>& left, bool ended);

}  // namespace ksweep
