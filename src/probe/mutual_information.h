#pragma once

#include <cstdint>
#include <span>

namespace ksweep {

/// Returns the normalised mutual information of two labellings of the same samples, 0 .. 1: their mutual
/// information divided by the mean of their entropies, or 1 if both are constant.  counts: (n_rows x
/// n_columns) samples per pair of labels.
double normalised_mutual_information(std::span<const std::int32_t> counts, int n_columns);

}  // namespace ksweep
