#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "core/row_layout.h"

namespace ksweep {

/// Units of a slice that is searched at a time: their weights stay in the cache.
inline constexpr int searched_slice = 4 * slice_size;

/// The activations of a sample that the second reconstruction of Multi-TopK is made of: 4 k, at most all units (Gao et al. 2024,
/// arXiv:2406.04093, appendix A.3).
constexpr int multi_topk_k(int k, int n_hidden) {
  return static_cast<int>(std::min<std::int64_t>(4 * std::int64_t{k}, n_hidden));
}

/// Whether so few of a layer's units are kept that their search stores less than all pre-activations are.
constexpr bool few_are_kept(int k, int n_hidden) { return k <= n_hidden / 4; }

/// Whether the k largest units of each sample are searched without storing all pre-activations.  To store them and to select from
/// them is as fast while they fit into a core's cache.
constexpr bool searches_largest(int k, int n_hidden, int n_samples) {
  constexpr std::ptrdiff_t most_in_cache = std::ptrdiff_t{1} << 19;  // 2 MB
  return few_are_kept(k, n_hidden) && std::ptrdiff_t{n_hidden} * padded(n_samples) > most_in_cache;
}

/// Whether screening in bf16 is worth its candidates, which take as long as several other units each.  (Measured: 1000 units, 100
/// samples, amx: a step is 1.22 times as fast for k = 25, no faster for k = 70.)
constexpr bool screening_pays(int k, int n_hidden) { return k <= n_hidden / 16; }

/// Entries of a sample's list in that search: what is kept, those that may follow before the list is shortened, and a slice of units.
constexpr int entries_of_search(int k) {
  constexpr int least_kept = 64;  // fewer would have to be shortened for nearly every slice
  return padded(k + 2 * std::max(k, least_kept) + searched_slice);
}

}  // namespace ksweep
