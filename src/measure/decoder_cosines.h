#pragma once

#include "measure/cosines.h"

namespace ksweep {

/// How similar the directions of a dictionary's units are to each other.  NaN for fewer than two.
struct DecoderCosines {
  double mean_of_largest;  ///< each direction's largest cosine with another one, mean over directions
  /// c_dec: mean over pairs of |cosine|.  Random directions in d dimensions: about sqrt(2 / (pi d)).  Smallest, or at its
  /// elbow, near the right number of active units: Chanin & Garriga-Alonso 2025, arXiv:2508.16560.
  double mean_absolute;
};

/// sign: for mean_of_largest.  Sums in double, in the order of the directions.
DecoderCosines decoder_cosines(const Kernels& kernels, const UnitRows& directions, const Team& team,
                               Sign sign);

}  // namespace ksweep
