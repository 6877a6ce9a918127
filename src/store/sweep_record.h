#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/trial_result.h"

namespace ksweep {

/// Images of the best trial of one k.
struct BestOfK {
  int k = 0;
  std::uint64_t id = 0;
  Filters filters;
};

/// All that sweep.h5 holds.
struct SweepRecord {
  std::vector<std::pair<std::string, std::string>> provenance;  ///< root attributes, in order
  std::vector<std::string> axes;            ///< full names of the keys with several values
  int channels = 1, height = 1, width = 1;  ///< of a sample, for the pictures
  std::vector<TrialResult> trials;          ///< every planned trial, in plan order; missing where not done
  std::vector<TrialResult> others;          ///< finished ones that the grid no longer asks for
  std::vector<BestOfK> best;  ///< best k-sparse trial (by validation accuracy) of each k, k ascending
};

}  // namespace ksweep
