#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/control_groups.h"
#include "core/job.h"
#include "sweep/planned_trials.h"

namespace ksweep {

/// What the ranks of one node ask of its memory.
struct MemoryDemand {
  std::vector<double> job_bytes;  ///< of each job, beside the samples
  double data_bytes = 0;          ///< of the samples, once
  int n_ranks = 1;                ///< of the node
};

/// What so many ranks ask for when they train these jobs.
MemoryDemand memory_demand(const std::vector<PlannedTrial>& plan, const std::vector<Job>& jobs,
                           const FactsOf& facts, int n_ranks);

/// So many ranks can train any of the jobs side by side; 0: not even one.
int ranks_that_fit(MemoryDemand demand, double memory_bytes);

/// Why these ranks cannot train these jobs, and what to do; empty if they can.  In the worst case the largest jobs meet.
std::string memory_fault(const MemoryDemand& demand, const Limit& memory);

}  // namespace ksweep
