#pragma once

#include <string>
#include <vector>

#include "sweep/data_facts.h"
#include "sweep/sweep.h"

namespace ksweep {

/// Version of everything that decides a trial's numbers beside its specification.  Enters every id: raise it
/// when a change of the program changes results.  A change of the results of few trials enters the ids of these alone:
/// revisions() in plan.cpp.
inline constexpr int results_version = 3;

struct PlannedTrial {
  Trial trial;                    ///< with its data_hash
  std::uint64_t id = 0;           ///< of the complete specification
  std::uint64_t training_id = 0;  ///< of the part of it that changes the weights
};

/// The ids of a trial with its data_hash: its own, and that of the training it is read from.
std::uint64_t trial_id(const Trial& trial);
std::uint64_t training_id(const Trial& trial);

/// The trials of a sweep with their ids.  A pure function: the same list on every rank.
std::vector<PlannedTrial> plan_trials(const Sweep& sweep, const FactsOf& facts);

}  // namespace ksweep
