#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace ksweep {

/// A dense matrix of gains, row by row, that outlives what looks at it.
template <class Real>
struct GainView {
  std::span<const Real> gain;  ///< (n_rows x n_columns)
  int n_rows = 0, n_columns = 0;
};

/// Returns a column for each row such that no column is used twice and the sum of the gains is maximal.  Of a
/// matrix with more rows than columns, as many rows as there are columns get one, the others -1.
///
/// Exact, by shortest augmenting paths after an augmenting reduction of rows: Jonker & Volgenant 1987, Computing
/// 38:325.  O(n^3) at worst; 4,096 x 4,096 cosines of random directions take seconds.  Prices are double whatever
/// the gains are.  Gains must be finite.  Of up to rows_without_reduction rows, equally good assignments are told
/// apart by the order of rows and columns alone.
///
/// No library that Debian 12 has does this: dlib's max_cost_assignment takes whole numbers only and has no
/// initialisation; LEMON and Boost match general graphs by edge lists, of which a dense matrix of 8,192 rows would
/// need several GB; SciPy's solver cannot be linked.
std::vector<std::int32_t> best_assignment(GainView<float> matrix);
std::vector<std::int32_t> best_assignment(GainView<double> matrix);

inline constexpr int rows_without_reduction = 256;

}  // namespace ksweep
