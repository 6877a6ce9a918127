#pragma once

#include "probe/points.h"

namespace ksweep {

struct Clustering {
  Centres centres;
  double squared_distance = 0;  ///< of all points to their centres, summed
  int n_iterations = 0;         ///< of all restarts together
};

/// Lloyd's algorithm from centres by k-means++ (Arthur & Vassilvitskii 2007), the best of n_restarts.  It ends when
/// the sum of squared distances falls by less than a 1e-5th.  A cluster that loses all its points keeps its centre.
/// Random numbers: a pure function of the seed and the restart.
Clustering cluster(const Kernels& kernels, const Points& points, int n_clusters, std::uint64_t seed,
                   int n_restarts, const Team& team, const KeepGoing& keep_going);

}  // namespace ksweep
