#pragma once

#include <optional>
#include <vector>

#include "core/metrics.h"
#include "store/store.h"
#include "store/sweep_file.h"

namespace ksweep {

/// Returns the positions of the best finished k-sparse trial of each k, k ascending: the one that is best by
/// the metric on the validation part, of equal ones the lower id.  Trials that lack the metric come last.
///
/// race: of the settings of these trials, if they raced.  Then the leader's trials come before those of other settings in the race, and
/// these before all others: a setting that has left may have been lucky with its few seeds.
std::vector<std::size_t> best_positions(const std::vector<TrialResult>& trials, const ReportMetric& metric,
                                        const RaceRecord* race = nullptr);

/// Returns the position of the best of these; none if no finished trial that trains codes has the metric.
std::optional<std::size_t> best_position(const std::vector<TrialResult>& trials, const ReportMetric& metric,
                                         const RaceRecord* race = nullptr);

/// Returns the trials of best_positions() with their filters, read from the store.
std::vector<BestOfK> best_of_each_k(const std::vector<TrialResult>& trials, const ReportMetric& metric,
                                    const Store& store, const RaceRecord* race = nullptr);

}  // namespace ksweep
