#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace ksweep {

/// The column of each row of a square matrix, each column once, for which the sum of the entries is largest.
/// gain: (n x n).  The Hungarian method by shortest augmenting paths, O(n^3): Kuhn 1955; Jonker & Volgenant 1987.
std::vector<std::int32_t> best_assignment(std::span<const double> gain, int n);

/// Normalised mutual information of two labellings of the same samples, 0 .. 1: their mutual information over the mean
/// of their entropies.  counts: (n_rows x n_columns) samples of each pair of labels.  Both constant: 1.
double normalised_mutual_information(std::span<const std::int32_t> counts, int n_columns);

}  // namespace ksweep
