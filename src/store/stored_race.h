#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/metrics.h"
#include "core/trial_result.h"
#include "store/sweep_record.h"

namespace ksweep {

/// The settings of a race, by positions in the plan.
struct RaceField {
  using Positions = std::vector<std::vector<std::uint32_t>>;  ///< (setting, seed)
  Positions racing;
  Positions
      baselines;  ///< settings that learn no codes, beside others that do: trained in each round, never judged
};

/// Returns the settings of a plan's trials, in its order.
RaceField race_field(std::span<const TrialResult> trials);

/// Returns (trial) how its setting stands: 2 of the leader's trials, 1 of others in the race, 0 of those that have left or do not
/// race.  Nobody leads before there is a complete round.
std::vector<int> standings(const RaceField& field, const RaceState& state, std::size_t n_trials);

/// Returns the rules with what the field and the metric say.
RaceRules complete_rules(RaceRules rules, const RaceField& field, const ReportMetric& metric);

/// Judges a race from the results that are stored.  trials: as in the plan; those without a result are `missing`.
/// rules: complete.
RaceRecord judge_stored(const RaceField& field, std::span<const TrialResult> trials,
                        const ReportMetric& metric, const RaceRules& rules);

/// Returns in a sentence where a recorded race differs from what the stored results decide; empty: nowhere.
std::string fault_of_race(const RaceRecord& recorded, std::span<const TrialResult> trials);

}  // namespace ksweep
