#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/trial_result.h"
#include "race/refined_race.h"

namespace ksweep {

/// Images of the best trial of one k.
struct BestOfK {
  int k = 0;
  std::uint64_t id = 0;
  Filters filters;
};

/// How a race of settings over the seeds went.
struct RaceRecord {
  RaceRules rules;
  std::string metric;                       ///< name of the metric that is raced by, of the validation part
  std::vector<std::uint32_t> first_trials;  ///< (setting) position in the plan of its trial of the first seed
  RaceState state;                          ///< its settings are positions in first_trials
  std::optional<double> budget;          ///< core-hours that it ended after; nothing: it did not end for that
  std::vector<std::size_t> joined = {};  ///< (setting) stage in which it joined, or not_joined
  std::vector<std::size_t> n_counted = {};  ///< (setting) as in RefinedRace, like the two below; not stored
  std::size_t n_complete = 0;
  std::vector<NewSetting> wanted = {};

  bool has_ended() const { return state.end != RaceEnd::going_on || budget; }
};

/// The root attribute with the name of the sweep file's metric; empty: the default of what was measured.
inline constexpr const char* report_metric_attribute = "report_metric";

/// The root attribute with what the report calls keys; empty: as it does by itself.
inline constexpr const char* report_names_attribute = "report_names";

/// The content of sweep.h5.
struct SweepRecord {
  std::vector<std::pair<std::string, std::string>> provenance;  ///< root attributes, in order
  std::vector<std::string> axes;            ///< full names of the keys with several values
  int channels = 1, height = 1, width = 1;  ///< size of a sample, for the images
  std::vector<TrialResult> trials;          ///< every planned trial, in plan order; `missing` if not finished
  std::vector<TrialResult> others;          ///< finished trials that the grid no longer contains
  std::optional<RaceRecord> race;           ///< if the settings of the grid race
  std::vector<BestOfK> best;  ///< best k-sparse trial (by the metric, on validation) of each k, k ascending
};

/// Returns a root attribute; empty if it is absent.
inline std::string attribute(const SweepRecord& record, const std::string& name) {
  for (const auto& [known, text] : record.provenance)
    if (known == name) return text;
  return "";
}

}  // namespace ksweep
