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

/// The content of sweep.h5.
struct SweepRecord {
  std::vector<std::pair<std::string, std::string>> provenance;  ///< root attributes, in order
  std::vector<std::string> axes;            ///< full names of the keys with several values
  int channels = 1, height = 1, width = 1;  ///< size of a sample, for the images
  std::vector<TrialResult> trials;          ///< every planned trial, in plan order; `missing` if not finished
  std::vector<TrialResult> others;          ///< finished trials that the grid no longer contains
  std::vector<BestOfK> best;  ///< best k-sparse trial (by validation accuracy) of each k, k ascending
};

}  // namespace ksweep
