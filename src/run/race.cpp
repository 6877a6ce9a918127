#include "run/race.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "base/errors.h"
#include "core/trial_keys.h"
#include "run/text.h"

namespace ksweep {
namespace {

/// Whether the metric compares predicted with true classes.
bool needs_labels(const ReportMetric& metric) {
  return metric.is_accuracy() || metric.choosing == &TrialResult::validation_nmi;
}

/// Returns what a race that ended for its budget has not decided: "4 settings could not be told apart".
std::string undecided(const RaceRecord& race) {
  const auto n_left = static_cast<double>(race.state.in_race.size());
  std::string values;
  for (const NewSetting& wanted : race.wanted)
    values += (values.empty() ? "k = " : ", ") + std::to_string(wanted.k);
  if (!values.empty()) values += " would have joined the race next";
  if (race.state.in_race.size() < 2) return values;
  return count_text(n_left, "setting") + " could not be told apart" + (values.empty() ? "" : "; ") + values;
}

/// Returns what ended a race, as the rest of "the race ended: …".
std::string cause_of(const RaceRecord& race) {
  const auto n_left = static_cast<double>(race.state.in_race.size());
  switch (race.state.end) {
    case RaceEnd::one_left:
      return "one setting is left";
    case RaceEnd::within_tolerance:
      return fmt::format("the {} left cannot differ by more than grid.race_tolerance",
                         count_text(n_left, "setting"));
    case RaceEnd::seeds_used:
      return fmt::format("all values of train.seed are used, and nothing tells {} apart",
                         count_text(n_left, "setting"));
    case RaceEnd::going_on:
      break;
  }
  return fmt::format(
      "the budget of {} core-hours is spent, and {}; the same command with a larger --budget goes on",
      shortest_text(race.budget.value_or(0)), undecided(race));
}

}  // namespace

const ReportMetric& metric_of_race(const Sweep& sweep, const std::vector<PlannedTrial>& plan,
                                   const FactsOf& facts) {
  const bool has_classes = std::ranges::any_of(
      plan, [&](const PlannedTrial& planned) { return facts(planned.trial).n_classes > 0; });
  const ReportMetric& metric = metric_among(
      sweep.report_metric, [&](const ReportMetric& each) { return has_classes || !each.is_accuracy(); });
  if (has_classes || !needs_labels(metric)) return metric;
  throw UserError(
      "{}: report.metric = {}, but the samples have no labels: no setting of the race would have it. Race by another "
      "metric, for example fvu.",
      sweep.where.at("report.metric"), metric.name);
}

void check_race_options(const Sweep& sweep, const RunOptions& options) {
  if (options.budget_core_hours && !sweep.race)
    throw UserError(
        "{}: --budget {} without grid.search = race: a grid of which all is trained is not cut short. Leave it out, or "
        "add --set grid.search=race.",
        options.sweep.string(), shortest_text(*options.budget_core_hours));
  if (sweep.race && !options.shard.is_whole())
    throw UserError(
        "{}: --shard with grid.search = race: who leaves the race follows from the results of all settings, which no "
        "shard has. Run it as a whole, on more ranks, or with --set grid.search=all.",
        options.sweep.string());
}

Race::Race(const RaceRules& rules, const ReportMetric& metric, const std::vector<TrialResult>& trials,
           std::optional<double> budget_core_hours)
    : metric_(metric),
      trials_(trials),
      budget_(budget_core_hours),
      field_(race_field(trials)),
      rules_(complete_rules(rules, field_, metric)) {
  judge();
}

void Race::judge() {
  require_metric();
  record_ = judge_stored(field_, trials_, metric_, rules_);
  if (record_.state.end == RaceEnd::going_on && budget_ && core_hours_of_rounds() >= *budget_)
    record_.budget = budget_;
}

/// Returns what the complete rounds took.  Trials of a round that is not complete do not count, so that a round that was
/// begun and interrupted is completed.
double Race::core_hours_of_rounds() const {
  double core_s = 0;
  const auto add = [&](const std::vector<std::uint32_t>& setting, std::size_t n_seeds) {
    for (std::size_t seed = 0; seed < std::min(n_seeds, setting.size()); ++seed) {
      const TrialResult& result = trials_[setting[seed]];
      const double own_s = result.wall_time_s * result.threads;
      core_s += own_s > 0 ? own_s : 0;
    }
  };
  for (std::size_t i = 0; i < field_.racing.size(); ++i) add(field_.racing[i], record_.n_counted[i]);
  for (const auto& setting : field_.baselines) add(setting, std::ranges::max(record_.n_counted));
  return core_s / 3600;
}

std::size_t Race::n_seeds_wanted() const {
  if (record_.has_ended()) return record_.n_complete;
  return record_.wanted.empty() ? std::max(rules_.start, record_.n_complete + 1) : 0;
}

std::vector<std::uint32_t> Race::missing_before(std::size_t n_seeds) const {
  std::vector<std::uint32_t> missing;
  const auto add = [&](const std::vector<std::uint32_t>& setting) {
    for (std::size_t seed = 0; seed < std::min(n_seeds, setting.size()); ++seed)
      if (trials_[setting[seed]].status == Status::missing) missing.push_back(setting[seed]);
  };
  for (const std::size_t setting : record_.state.in_race) add(field_.racing[setting]);
  for (const auto& setting : field_.baselines) add(setting);
  std::ranges::sort(missing);
  return missing;
}

std::vector<std::uint32_t> Race::possible_trials() const {
  return missing_before(record_.has_ended() ? record_.n_complete : rules_.n_seeds);
}

/// Otherwise every setting would count as failed.
void Race::require_metric() const {
  bool any_done = false;
  for (const auto& setting : field_.racing)
    for (const std::uint32_t position : setting) {
      const TrialResult& result = trials_[position];
      any_done = any_done || result.status == Status::done;
      if (result.status == Status::done && std::isfinite(result.*metric_.choosing)) return;
    }
  if (any_done)
    throw UserError(
        "no finished trial has a value of {}, by which the settings are to race: nothing can be decided. Set report.metric to one "
        "that these trials have, or train all with --set grid.search=all.",
        metric_.noun);
}

RaceProgress Race::progress() const {
  const auto n_of_file = std::ranges::count(record_.joined, std::size_t{0}),
             n_unasked = std::ranges::count(record_.joined, not_joined);
  const auto n_settings = static_cast<std::ptrdiff_t>(field_.racing.size()) - n_unasked;
  return {.n_settings = static_cast<double>(n_settings),
          .n_out = static_cast<double>(record_.state.left.size()),
          .n_rounds = static_cast<double>(record_.state.n_rounds),
          .n_added = static_cast<double>(n_settings - n_of_file),
          .may_grow = rules_.refine && record_.state.end == RaceEnd::going_on,
          .spent = record_.budget};
}

std::optional<std::uint32_t> Race::best_trial() const {
  std::optional<std::uint32_t> best;
  if (record_.state.n_rounds == 0) return best;
  for (const std::uint32_t position : field_.racing[record_.state.leader])
    if (metric_.is_better(trials_[position].*metric_.choosing,
                          best ? trials_[*best].*metric_.choosing : not_measured))
      best = position;
  return best;
}

std::string Race::end_sentence() const {
  if (!record_.has_ended()) return "";
  return fmt::format("the race ended after {}: {}.",
                     count_text(static_cast<double>(record_.state.n_rounds), "seed"), cause_of(record_));
}

}  // namespace ksweep
