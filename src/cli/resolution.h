#pragma once

#include <string>
#include <vector>

#include "core/metrics.h"
#include "sweep/planned_trials.h"

namespace ksweep {

/// What a sweep can tell apart with its seeds.
struct Resolution {
  std::string compared;           ///< "k", or "settings" where k does not vary
  std::size_t n_comparisons = 0;  ///< with the best of them; 0: there is nothing to compare
  std::size_t n_seeds = 0;        ///< of each setting; the fewest
  double deviation = 0;           ///< of a paired difference, as measured so far; NaN if too little was
  std::size_t n_measured = 0;     ///< settings that it is the median of
};

/// results: those of the plan that are stored, in its order.
Resolution resolution_of(const std::vector<PlannedTrial>& plan, const std::vector<TrialResult>& results,
                         const ReportMetric& metric);

/// Returns the lines of `ksweep plan` on the differences that the planned seeds resolve and what more seeds cost; empty
/// if there is nothing to compare.  seed_core_s: one more seed of all settings.
std::string resolution_text(const Resolution& resolution, const ReportMetric& metric, double seed_core_s);

}  // namespace ksweep
