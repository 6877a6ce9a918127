#pragma once

#include <cstdint>
#include <vector>

#include "measure/cosines.h"

namespace ksweep {

/// A one-to-one assignment of directions of two dictionaries.
struct Matching {
  std::vector<std::int32_t> partner;  ///< (left direction) its direction on the right, -1: none
  std::vector<float> cosine;          ///< (left direction) their cosine; 0: none
  double mean = 0;                    ///< of the cosines, over min(left, right) pairs; NaN without a pair
  double upper = 0;                   ///< no assignment has a larger mean; equal to `mean` if it is the best
  bool is_best = true;
};

/// The largest number of cosines for which the best assignment is computed: 8,192 x 8,192 in 256 MB and some seconds.
inline constexpr std::int64_t most_exact_cosines = std::int64_t{8192} * 8192;

/// Assigns directions one to one such that the sum of their cosines is as large as possible.  The mean is PW-MCC where
/// both sides are live units of two seeds (Song et al. 2025, arXiv:2505.20254), and GT-MCC where the right side is the
/// truth (O'Neill et al. 2024, arXiv:2411.13117).  Up to `most_exact` cosines the assignment is the best one.  Above,
/// the assignment begins greedily, and so the mean is a lower bound: pairs are taken in the order of their cosines from
/// the 16 largest ones of each left direction, again and again among those that are left over, until these are few
/// enough for their best assignment.  The upper bound is then the mean of the largest cosines of each direction of the
/// smaller side.
Matching match_directions(const Kernels& kernels, const UnitRows& left, const UnitRows& right,
                          const Team& team, Sign sign, std::int64_t most_exact = most_exact_cosines);

/// Returns the mean of match_directions() for two dictionaries of random directions, which is what two unrelated
/// dictionaries of this size have: chance is not 0.  Always of the same random numbers.
double chance_mcc(const Kernels& kernels, int n_left, int n_right, int n_inputs, const Team& team, Sign sign);

/// A unit of one seed reappears in another one if its partner's cosine is above this (Paulo & Belrose 2025,
/// arXiv:2501.16615).
inline constexpr float reappears_above = 0.7f;

}  // namespace ksweep
