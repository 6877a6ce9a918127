#pragma once

#include <vector>

namespace ksweep {

/// Returns the lengths of the nested prefixes of the units that each reconstruct in a Matryoshka autoencoder: the last is all
/// units, each other one half of the next, rounded down, so that the first is 1 / 2^(n_prefixes - 1) of them.  Empty for one
/// prefix.
/// Source: Bussmann, Nabeshima, Karvonen & Nanda 2025 (arXiv:2503.17547), section 3; equal weights and the mean over prefixes
/// as in dictionary_learning, whose groups of units double in place of the prefixes.
inline std::vector<int> prefix_ends(int n_units, int n_prefixes) {
  std::vector<int> ends;
  for (int prefix = 0; n_prefixes > 1 && prefix < n_prefixes; ++prefix)
    ends.push_back(n_units >> (n_prefixes - 1 - prefix));
  return ends;
}

}  // namespace ksweep
