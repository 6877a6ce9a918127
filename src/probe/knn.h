#pragma once

#include "probe/points.h"

namespace ksweep {

/// Returns the labels of each query's nearest training points (n_queries x n_neighbours), nearest first; of
/// equally near ones the lower training point comes first.  Exact: compares all pairs.  Requires n_neighbours
/// <= train.size().
std::vector<std::int32_t> neighbour_labels(const Kernels& kernels, const Points& train,
                                           std::span<const std::int32_t> train_labels, const Points& queries,
                                           int n_neighbours, const Team& team, const KeepGoing& keep_going);

/// Returns the most frequent of the first `n` labels in each row of `labels` (n_neighbours long); ties: the
/// one that occurs first.
std::vector<std::int32_t> majorities(std::span<const std::int32_t> labels, int n_neighbours, int n,
                                     int n_classes);

}  // namespace ksweep
