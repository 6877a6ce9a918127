#pragma once

#include <vector>

#include "core/job.h"
#include "cost/jobs.h"
#include "cost/rates.h"
#include "sweep/planned_trials.h"

namespace ksweep {

/// Groups the chosen trials (positions in `plan`) by training, longest predicted first; equal ones by id.
std::vector<Job> make_jobs(const std::vector<PlannedTrial>& plan, const std::vector<std::uint32_t>& chosen,
                           const FactsOf& facts, const Rates& rates);

}  // namespace ksweep
