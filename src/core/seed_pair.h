#pragma once

#include <cstdint>
#include <vector>

namespace ksweep {

/// How alike two trainings are that differ in the seed alone.
struct SeedPair {
  std::uint64_t id = 0;
  std::uint64_t first = 0, second = 0;  ///< training ids
  double mcc = 0;                       ///< PW-MCC of their live units (Song et al. 2025, arXiv:2505.20254)
  double upper = 0;      ///< no matching has a larger one; equal to mcc if the best one was found
  double by_chance = 0;  ///< PW-MCC of random directions of these numbers
  /// (unit) cosine of the unit's decoder column with its partner's; 0: it has none; NaN: it is not live.
  std::vector<float> cosine_of_first, cosine_of_second;
};

}  // namespace ksweep
