#pragma once

#include "probe/points.h"

namespace ksweep {

struct Clustering {
  Centres centres;
  double squared_distance = 0;  ///< sum over all points, to their centres
  int n_iterations = 0;         ///< sum over all restarts
};

/// Lloyd's algorithm with k-means++ initialisation (Arthur & Vassilvitskii 2007), best of n_restarts.  It
/// ends when the sum of squared distances decreases by less than a factor 1e-5.  A cluster that loses all
/// points keeps its centre.
/// Random numbers are a pure function of the seed and the restart.
Clustering cluster(const Kernels& kernels, const Points& points, int n_clusters, std::uint64_t seed,
                   int n_restarts, const Team& team, const KeepGoing& keep_going);

}  // namespace ksweep
