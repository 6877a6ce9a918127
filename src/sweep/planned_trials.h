#pragma once

#include <string>
#include <vector>

#include "sweep/data_facts.h"
#include "sweep/sweep.h"

namespace ksweep {

/// Version of everything that determines a trial's numbers beside its specification.  It is part of every id:
/// raise it when a change of the program alters results.  For a change that alters few trials, add a line to
/// revisions() in planned_trials.cpp, which enters only their ids.
inline constexpr int results_version = 3;

struct PlannedTrial {
  Trial trial;                    ///< including data_hash
  std::uint64_t id = 0;           ///< from the complete specification
  std::uint64_t training_id = 0;  ///< from the keys that change the weights
};

/// Return the ids of a trial with a data_hash: its own, and that of its training.
std::uint64_t trial_id(const Trial& trial);
std::uint64_t training_id(const Trial& trial);

/// Returns the trials of a sweep with their ids.  A pure function, so that all ranks get the same list.
std::vector<PlannedTrial> plan_trials(const Sweep& sweep, const FactsOf& facts);

}  // namespace ksweep
