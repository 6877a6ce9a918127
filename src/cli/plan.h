#pragma once

#include <string>

#include "cli/options.h"
#include "sweep/plan.h"
#include "sweep/sweep.h"

namespace ksweep {

/// What a sweep will take.
struct PlanSummary {
  std::size_t n_trials = 0, n_stored = 0, n_trainings = 0;  ///< trainings still to do
  double rank_bytes = 0, node_bytes = 0;  ///< the most that any trial needs; the data of all sets together
  double core_s = 0, wall_s = 0;
};

/// The lines of a batch script for a summary: memory and time with a margin.
std::string batch_lines(const PlanSummary& summary, int n_ranks);

/// `ksweep plan`.  Returns the exit code.
int plan_command(const PlanOptions& options);

}  // namespace ksweep
