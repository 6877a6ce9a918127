#pragma once

#include <vector>

#include "store/store.h"
#include "sweep/planned_trials.h"

namespace ksweep {

/// Returns the stored results of a plan, in its order; `missing` if there is none.  Does not change the store.
std::vector<TrialResult> stored_results(const std::vector<PlannedTrial>& plan, const Store& store);

}  // namespace ksweep
