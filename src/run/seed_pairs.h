#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "store/store.h"
#include "store/stored_race.h"
#include "sweep/data_facts.h"
#include "sweep/planned_trials.h"
#include "sweep/sweep.h"

namespace ksweep {

/// Two trainings of a plan that differ in the seed alone.
struct PlannedPair {
  std::uint64_t id = 0;
  std::string identity;
  std::uint32_t first = 0, second = 0;  ///< positions in the plan: of each training its first trial
};

/// Returns the pairs that a sweep asks for, by setting and seed: of autoencoders with one hidden layer.
std::vector<PlannedPair> plan_pairs(const Sweep& sweep, const std::vector<PlannedTrial>& plan,
                                    const FactsOf& facts);

/// Returns those of the pairs that the rounds of a race leave possible: without those of a training that has no result and gets none,
/// because its setting has left the race or the race has ended.  A spent budget is no such end: a larger one goes on.
/// trials: as in the plan.
std::vector<PlannedPair> possible_pairs(std::vector<PlannedPair> pairs, const RaceField& field,
                                        const RaceState& state, const std::vector<TrialResult>& trials);

/// Returns for each trial of the plan whether its weights are needed for pairs that are not stored yet.
std::vector<bool> needed_for_pairs(const std::vector<PlannedPair>& pairs,
                                   const std::vector<PlannedTrial>& plan, const Store& store);

/// Sets consistency, consistency_by_chance and reappearing_units of trials from the pairs that are stored.  trials: as in
/// the plan.
void add_consistency(const std::vector<PlannedPair>& pairs, const std::vector<PlannedTrial>& plan,
                     const Store& store, std::vector<TrialResult>& trials);

}  // namespace ksweep
