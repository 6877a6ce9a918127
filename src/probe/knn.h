#pragma once

#include "probe/points.h"

namespace ksweep {

/// Labels of the nearest training points of each query: (n_queries x n_neighbours), nearest first, of equally near
/// ones that of the lower training point first.  Exact: all pairs are measured.  Requires n_neighbours <= train.size().
std::vector<std::int32_t> neighbour_labels(const Kernels& kernels, const Points& train,
                                           std::span<const std::int32_t> train_labels, const Points& queries,
                                           int n_neighbours, const Team& team, const KeepGoing& keep_going);

/// The label that most of the first `n` of each row of `labels` (rows of n_neighbours) have; ties: the one met first.
std::vector<std::int32_t> majorities(std::span<const std::int32_t> labels, int n_neighbours, int n,
                                     int n_classes);

}  // namespace ksweep
