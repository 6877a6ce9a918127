#pragma once

#include <cstdint>
#include <span>

#include "measure/cosines.h"

namespace ksweep {

/// How well the directions of a dictionary's units agree with the true ones of generated data.
struct AgreementWithTruth {
  double
      mcc;  ///< GT-MCC: match_directions() of all units and all true directions, mean over min(units, truths)
  bool mcc_is_best;   ///< whether the assignment is the best one; otherwise `mcc` is a lower bound
  double uniqueness;  ///< share of live units whose nearest true direction is that of no other live unit
  double found;       ///< share of true directions with which a live unit has a cosine above found_above
};

inline constexpr float found_above = 0.9f;

/// is_live: (unit); empty: all.  Source of mcc and uniqueness: SynthSAEBench, arXiv:2602.14687.  uniqueness is NaN if no
/// unit is live.
AgreementWithTruth agreement_with_truth(const Kernels& kernels, const DirectionsView& units,
                                        const DirectionsView& truth, std::span<const std::uint8_t> is_live,
                                        const Team& team, Sign sign);

}  // namespace ksweep
