#pragma once

#include <string>
#include <vector>

#include "cli/layouts.h"
#include "cli/options.h"
#include "run/memory_check.h"
#include "sweep/planned_trials.h"
#include "sweep/sweep.h"

namespace ksweep {

/// The resources that a sweep will need.
struct PlanSummary {
  std::size_t n_trials = 0, n_stored = 0, n_to_do = 0;
  Demand demand;  ///< of the trainings still to do: the most memory that any trial needs, all data together
  MemoryDemand memory;          ///< memory for the same trainings on one rank
  int n_measured = 0;           ///< number of trials that the rates are fitted to; 0: estimates
  bool has_aux = false;         ///< some trial to do uses AuxK
  std::vector<double> added_s;  ///< seconds on one core of each training that a race is expected to add

  /// The demand with what a race is expected to add.
  Demand whole_demand() const;
};

/// Returns the lines of a batch script that request memory and time, with a margin.
std::string batch_lines(const PlanSummary& summary, const RankLayout& layout);

/// `ksweep plan`.  Returns the exit code.
int plan_command(const PlanOptions& options);

}  // namespace ksweep
