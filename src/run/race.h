#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "run/progress.h"
#include "run/run_options.h"
#include "store/stored_race.h"
#include "sweep/data_facts.h"
#include "sweep/planned_trials.h"
#include "sweep/sweep.h"

namespace ksweep {

/// Returns what the settings of a sweep race by: the sweep file's metric or, without one, the default for its data.  Throws
/// UserError if its trials will not have it.
const ReportMetric& metric_of_race(const Sweep& sweep, const std::vector<PlannedTrial>& plan,
                                   const FactsOf& facts);

/// Refuses options that do not go with how the sweep searches its grid.  Throws UserError.
void check_race_options(const Sweep& sweep, const RunOptions& options);

/// Rank 0's view of a race: what the stored results decide, and which trials come next.  The same results give the same
/// decisions, whichever ranks trained them and in which order.
class Race {
 public:
  /// trials: the results, in the order of the plan, those without one `missing`; they must outlive the object.
  Race(const RaceRules& rules, const ReportMetric& metric, const std::vector<TrialResult>& trials,
       std::optional<double> budget_core_hours);

  /// Judges the results that are stored now.  Throws UserError if none of a round has the metric.
  void judge();

  /// As of the last judgement.
  const RaceRecord& record() const { return record_; }

  /// Returns the positions of the trials that complete the next round; none if the race has ended.
  std::vector<std::uint32_t> next_trials() const { return missing_before(n_seeds_wanted()); }

  /// Returns the settings to add to the plan before the race goes on.
  std::vector<NewSetting> wanted() const {
    return record_.has_ended() ? std::vector<NewSetting>() : record_.wanted;
  }

  /// Returns the positions of all trials without a result that the race may still ask for.
  std::vector<std::uint32_t> possible_trials() const;

  /// The settings that race, and what is trained beside them.
  const RaceField& field() const { return field_; }

  RaceProgress progress() const;

  /// What the settings race by, of the validation part.
  const ReportMetric& metric() const { return metric_; }

  /// Returns the position of the leader's best trial; none before a round is complete.
  std::optional<std::uint32_t> best_trial() const;

  /// Says in a sentence how the race ended; empty while it goes on.
  std::string end_sentence() const;

 private:
  std::size_t n_seeds_wanted() const;
  std::vector<std::uint32_t> missing_before(std::size_t n_seeds) const;
  double core_hours_of_rounds() const;
  void require_metric() const;

  const ReportMetric& metric_;
  const std::vector<TrialResult>& trials_;
  const std::optional<double> budget_;
  const RaceField field_;
  const RaceRules rules_;
  RaceRecord record_;
};

}  // namespace ksweep
