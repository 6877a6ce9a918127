#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace ksweep {

/// Returns a column for each row of a square matrix, using each column once, such that the sum of the entries
/// is maximal.  gain: (n x n).  The Hungarian method by shortest augmenting paths, O(n^3): Kuhn 1955; Jonker
/// & Volgenant 1987.
std::vector<std::int32_t> best_assignment(std::span<const double> gain, int n);

/// Returns the normalised mutual information of two labellings of the same samples, 0 .. 1: their mutual
/// information divided by the mean of their entropies, or 1 if both are constant.  counts: (n_rows x
/// n_columns) samples per pair of labels.
double normalised_mutual_information(std::span<const std::int32_t> counts, int n_columns);

}  // namespace ksweep
