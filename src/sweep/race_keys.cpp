#include "sweep/race_keys.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <set>

#include "base/errors.h"
#include "core/seed_settings.h"
#include "core/trial_keys.h"
#include "sweep/quoting.h"

namespace ksweep {
namespace {

constexpr double least_start = 2, most_start = 1e5, least_error = 1e-6, most_error = 0.5,
                 most_tolerance = 1e9;

const Entry* find(const std::vector<Entry>& entries, const char* key) {
  const auto found = std::ranges::find(entries, key, &Entry::key);
  return found == entries.end() ? nullptr : &*found;
}

/// Returns whether the sweep races.
bool races(const std::vector<Entry>& entries) {
  const Entry* search = find(entries, "grid.search");
  if (!search || search->value == "all") return false;
  if (search->value == "race") return true;
  throw UserError(
      "{}: grid.search = {} is neither all nor race: which trials to train is unclear. Write one of the two.",
      search->where, search->value);
}

/// Returns the number that a key gives, within [least, most]; the fallback if it is not given.
double number_of(const std::vector<Entry>& entries, const char* key, double least, double most,
                 double fallback) {
  const Entry* entry = find(entries, key);
  if (!entry) return fallback;
  const char *begin = entry->value.data(), *end = begin + entry->value.size();
  double value = 0;
  const auto [last, error] = std::from_chars(begin, end, value);
  if (error == std::errc() && last == end && value >= least && value <= most) return value;
  throw UserError(
      "{}: {} = {} is no number from {} to {}: when settings leave the race is unclear. Correct it.",
      entry->where, key, entry->value, shortest_text(least), shortest_text(most));
}

std::size_t start_of(const std::vector<Entry>& entries, std::size_t fallback) {
  const double start =
      number_of(entries, "grid.race_start", least_start, most_start, static_cast<double>(fallback));
  if (start == std::floor(start)) return static_cast<std::size_t>(start);
  const Entry& entry = *find(entries, "grid.race_start");
  throw UserError("{}: grid.race_start = {} is no whole number: it counts seeds. Correct it.", entry.where,
                  entry.value);
}

const std::string& where_of(const Sweep& sweep, const char* key) {
  const auto found = sweep.where.find(key);
  return found == sweep.where.end() ? sweep.where.at("grid.search") : found->second;
}

void check_seeds(const Sweep& sweep, const RaceRules& rules) {
  if (rules.n_seeds < 2)
    throw UserError(
        "{}: grid.search = race, but train.seed has one value: settings race over seeds. Give several, for example "
        "train.seed = 0..9.",
        where_of(sweep, "train.seed"));
  if (rules.n_seeds < rules.start)
    throw UserError(
        "{}: train.seed has {} values, fewer than grid.race_start = {}: no setting could leave the race. Give more seeds, "
        "or lower race_start.",
        where_of(sweep, "train.seed"), rules.n_seeds, rules.start);
}

/// Refuses settings that lack seeds, by a zip or an exclusion: no round of these would be complete.
void check_settings(const Sweep& sweep, const RaceRules& rules) {
  const auto settings =
      trials_of_settings(sweep.trials.size(), [&](std::size_t i) -> const Trial& { return sweep.trials[i]; });
  if (settings.size() < 2)
    throw UserError(
        "{}: grid.search = race with one setting: it has no opponent. Give another key several values.",
        where_of(sweep, "grid.search"));
  for (const auto& trials : settings)
    if (trials.size() != rules.n_seeds)
      throw UserError(
          "{}: grid.search = race, but a setting has {} of the {} values of train.seed: settings are compared seed by seed. "
          "Zip no other key with train.seed, and exclude no seed of some settings alone.",
          where_of(sweep, "train.seed"), trials.size(), rules.n_seeds);
}

bool refine_of(const std::vector<Entry>& entries) {
  const Entry* entry = find(entries, "grid.race_refine");
  if (!entry || entry->value == "no") return false;
  if (entry->value == "yes") return true;
  throw UserError(
      "{}: grid.race_refine = {} is neither yes nor no: whether values of k are added is unclear. Write one of "
      "the two.",
      entry->where, entry->value);
}

/// Returns the entry of a rule in whose comma- or ampersand-separated parts, up to a mark, a key stands; null: none.
const Entry* rule_with(const std::vector<Entry>& entries, const char* rule, char separator,
                       const std::string& key) {
  const auto names_key = [&](const std::string& part) {
    return trimmed(part.substr(0, part.find('='))) == key;
  };
  for (const Entry& entry : entries)
    if (entry.key == rule && std::ranges::any_of(split_at(entry.value, separator), names_key)) return &entry;
  return nullptr;
}

/// Whether between two values of k of some line of settings there is a whole number.
bool has_k_between(const Sweep& sweep) {
  std::map<std::string, std::set<int>> lines;
  for (const Trial& trial : sweep.trials) lines[line_of(trial)].insert(trial.k);
  return std::ranges::any_of(lines, [](const auto& line) {
    return std::ranges::adjacent_find(line.second, [](int low, int high) { return high > low + 1; }) !=
           line.second.end();
  });
}

/// Refuses a race without anything between its values of k, or in which it is unclear what to add.
void check_refinement(const std::vector<Entry>& entries, const Sweep& sweep) {
  if (std::ranges::find(sweep.axes, "model.k", &Axis::key) == sweep.axes.end())
    throw UserError(
        "{}: grid.race_refine = yes, but model.k has one value: there are none between which to add others. Give "
        "several, for example model.k = 5, 20, 80, or leave race_refine out.",
        where_of(sweep, "grid.race_refine"));
  if (const Entry* zip = rule_with(entries, "grid.zip", ',', "model.k"))
    throw UserError(
        "{}: grid.race_refine = yes, but grid.zip lets model.k advance with other keys ({}): which of their "
        "values a new k would have is unclear. Take model.k out of the zip, or leave race_refine out.",
        where_of(sweep, "grid.race_refine"), zip->value);
  if (const Entry* exclusion = rule_with(entries, "grid.exclude", '&', "model.k"))
    throw UserError(
        "{}: grid.race_refine = yes, but grid.exclude names model.k ({}): the race might add the very value that is left "
        "out. Exclude by other keys, give the values of model.k in two sweeps, or leave race_refine out.",
        where_of(sweep, "grid.race_refine"), exclusion->value);
  if (!has_k_between(sweep))
    throw UserError(
        "{}: grid.race_refine = yes, but no two settings that differ in model.k alone have a whole number between "
        "their values: there is nothing to add. Spread the values of model.k, or leave race_refine out.",
        where_of(sweep, "grid.race_refine"));
}

/// Notes the keys of a race that are given for a grid of which all is trained.
void note_idle_keys(const std::vector<Entry>& entries, Sweep& sweep) {
  for (const Entry& entry : entries)
    if (entry.key.starts_with("grid.race_"))
      sweep.notes.push_back(
          fmt::format("{}: {} has no effect without grid.search = race", entry.where, entry.key));
}

}  // namespace

void take_race(const std::vector<Entry>& entries, Sweep& sweep) {
  RaceRules rules;
  rules.start = start_of(entries, rules.start);
  rules.error = number_of(entries, "grid.race_error", least_error, most_error, rules.error);
  rules.tolerance = number_of(entries, "grid.race_tolerance", 0, most_tolerance, rules.tolerance);
  rules.refine = refine_of(entries);
  if (!races(entries)) return note_idle_keys(entries, sweep);
  const auto seeds = std::ranges::find(sweep.axes, "train.seed", &Axis::key);
  rules.n_seeds = seeds == sweep.axes.end() ? 1 : seeds->values.size();
  check_seeds(sweep, rules);
  check_settings(sweep, rules);
  if (rules.refine) check_refinement(entries, sweep);
  sweep.race = rules;
}

}  // namespace ksweep
