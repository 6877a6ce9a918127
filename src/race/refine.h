#pragma once

#include <cstddef>
#include <vector>

namespace ksweep {

/// Returns the values of k to add around the leader: the geometric means, rounded to whole numbers, of the leader's k
/// and of its neighbours on either side, ascending; none where both are so close that no whole number is between them.
///
/// k: ascending.  decided[i]: k[i] has left the race.  Nothing is added before the leader's neighbours have left.
std::vector<std::size_t> refined_k(const std::vector<std::size_t>& k, std::size_t leader,
                                   const std::vector<bool>& decided);

}  // namespace ksweep
