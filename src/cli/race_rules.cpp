#include "cli/race_rules.h"

#include <fmt/core.h>

#include <sstream>

#include "base/errors.h"
#include "core/metrics.h"
#include "core/trial_keys.h"
#include "store/sweep_file.h"
#include "sweep/read_sweep.h"

namespace ksweep {
namespace {

Sweep stored_sweep(const std::filesystem::path& sweep_file) {
  std::vector<std::string> overrides;
  std::istringstream lines(sweep_attribute(sweep_file, "overrides").value_or(""));
  for (std::string line; std::getline(lines, line);) overrides.push_back(line);
  return read_sweep(sweep_file, overrides, sweep_attribute(sweep_file, "sweep_text").value_or(""));
}

std::string rules_text(const RaceRules& rules, const std::string& metric) {
  return fmt::format("by {}, race_start = {}, race_error = {}, race_tolerance = {}{}", metric, rules.start,
                     shortest_text(rules.error), shortest_text(rules.tolerance),
                     rules.refine ? ", race_refine = yes" : "");
}

/// Returns what its settings race by: as asked for or, if nothing was, the default for what was measured.
std::string metric_of_sweep(const Sweep& sweep, const Audit& found) {
  std::vector<TrialResult> trials;
  for (const TrialResult& record : found.records)
    if (!found.others.contains(record.id)) trials.push_back(record);
  return metric_of(sweep.report_metric, trials).name;
}

}  // namespace

void check_race_rules(const std::filesystem::path& sweep_file, Audit& found) {
  if (!found.race) return;
  try {
    const Sweep sweep = stored_sweep(sweep_file);
    const std::string asked = sweep.race ? rules_text(*sweep.race, metric_of_sweep(sweep, found)) : "no race";
    const std::string recorded = rules_text(found.race->rules, found.race->metric);
    if (asked != recorded)
      found.faults.push_back(
          {sweep_file, fmt::format("its race is {} here, but its sweep text asks for {}", recorded, asked)});
  } catch (const UserError& error) {
    found.notes.push_back(
        {sweep_file,
         fmt::format("the rules of its race are not compared with its sweep text: {}", error.what())});
  }
}

}  // namespace ksweep
