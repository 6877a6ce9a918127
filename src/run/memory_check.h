#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/control_groups.h"
#include "core/job.h"
#include "sweep/planned_trials.h"

namespace ksweep {

/// The memory that the ranks of one node need.
struct MemoryDemand {
  std::vector<double> job_bytes;  ///< memory of each job, without the samples
  double data_bytes = 0;          ///< memory of the samples, once per node
  int n_ranks = 1;                ///< number of ranks on the node
};

/// Returns the memory that so many ranks need to train these jobs.
MemoryDemand memory_demand(const std::vector<PlannedTrial>& plan, const std::vector<Job>& jobs,
                           const FactsOf& facts, int n_ranks);

/// Returns how many ranks can train any of the jobs at the same time; 0: not even one.
int ranks_that_fit(MemoryDemand demand, double memory_bytes);

/// Returns why these ranks cannot train these jobs, and what to do; empty if they can.  Assumes the worst
/// case, in which the largest jobs run at the same time.
std::string memory_fault(const MemoryDemand& demand, const Limit& memory);

}  // namespace ksweep
