#include "store/stored_race.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <unordered_map>

#include "core/seed_settings.h"
#include "core/trial_keys.h"
#include "store/race_columns.h"

namespace ksweep {
namespace {

std::optional<double> value_of(const TrialResult& result, const ReportMetric& metric) {
  if (result.status == Status::missing) return std::nullopt;
  return result.status == Status::done ? result.*metric.choosing : not_measured;
}

/// Returns (setting) its line, which all keys but k make, and its k.
std::vector<PlaceOfK> places_of(const RaceField& field, std::span<const TrialResult> trials) {
  std::unordered_map<std::string, std::size_t> lines;
  std::vector<PlaceOfK> places;
  for (const auto& setting : field.racing) {
    const Trial& trial = trials[setting.front()].trial;
    places.push_back(
        {lines.try_emplace(line_of(trial), lines.size()).first->second, static_cast<std::size_t>(trial.k)});
  }
  return places;
}

/// Whether both are the same number or both none.
bool same(double one, double other) { return one == other || (std::isnan(one) && std::isnan(other)); }

bool same(const Bound& one, const Bound& other) {
  return same(one.mean, other.mean) && same(one.low, other.low) && same(one.high, other.high);
}

bool same(const Departure& one, const Departure& other) {
  return one.setting == other.setting && one.n_seeds == other.n_seeds && one.stage == other.stage &&
         one.leader == other.leader && same(one.of_difference, other.of_difference);
}

bool same(const Look& one, const Look& other) {
  return one.n_seeds == other.n_seeds && one.leader == other.leader && one.stage == other.stage &&
         std::ranges::equal(one.of_differences, other.of_differences,
                            [](const Bound& a, const Bound& b) { return same(a, b); });
}

/// Files of earlier versions have no looks.
std::string difference_of_looks(const RaceState& recorded, const RaceState& judged) {
  if (recorded.looks.empty()) return "";
  if (recorded.looks.size() != judged.looks.size())
    return fmt::format("its race: {} decisions here, but by the results {}", recorded.looks.size(),
                       judged.looks.size());
  for (std::size_t i = 0; i < judged.looks.size(); ++i)
    if (!same(recorded.looks[i], judged.looks[i]))
      return fmt::format("its race: the differences after {} seeds are not those of the results",
                         judged.looks[i].n_seeds);
  return "";
}

std::string text_of(const Departure* departure) {
  if (!departure) return "has not left";
  const Bound& bound = departure->of_difference;
  return fmt::format("left after {} seeds, {} [{}, {}] from setting {}", departure->n_seeds, bound.mean,
                     bound.low, bound.high, departure->leader);
}

const Departure* departure_of(const RaceState& state, std::size_t setting) {
  const auto found = std::ranges::find(state.left, setting, &Departure::setting);
  return found == state.left.end() ? nullptr : &*found;
}

std::string difference_of_departures(const RaceState& recorded, const RaceState& judged,
                                     std::size_t n_settings) {
  for (std::size_t setting = 0; setting < n_settings; ++setting) {
    const Departure *here = departure_of(recorded, setting), *there = departure_of(judged, setting);
    if ((here || there) && !(here && there && same(*here, *there)))
      return fmt::format("setting {} {} here, but by the results it {}", setting, text_of(here),
                         text_of(there));
  }
  return "";
}

}  // namespace

RaceField race_field(std::span<const TrialResult> trials) {
  const auto learns = [](const TrialResult& result) { return trains_codes(result.trial.kind); };
  const bool any_codes = std::ranges::any_of(trials, learns);
  RaceField field;
  for (auto& setting :
       trials_of_settings(trials.size(), [&](std::size_t i) -> const Trial& { return trials[i].trial; }))
    (any_codes && !learns(trials[setting.front()]) ? field.baselines : field.racing)
        .push_back(std::move(setting));
  return field;
}

std::vector<int> standings(const RaceField& field, const RaceState& state, std::size_t n_trials) {
  constexpr int in_the_race = 1, leads = 2;
  std::vector<int> standing(n_trials, 0);
  const auto set = [&](std::size_t setting, int value) {
    for (const std::uint32_t position : field.racing[setting]) standing[position] = value;
  };
  for (const std::size_t setting : state.in_race) set(setting, in_the_race);
  if (state.n_rounds > 0) set(state.leader, leads);
  return standing;
}

RaceRules complete_rules(RaceRules rules, const RaceField& field, const ReportMetric& metric) {
  rules.smaller_is_better = !metric.more_is_better;
  rules.n_seeds = field.racing.empty() ? 0 : field.racing.front().size();
  if (rules.n_given == 0) rules.n_given = field.racing.size();
  return rules;
}

RaceRecord judge_stored(const RaceField& field, std::span<const TrialResult> trials,
                        const ReportMetric& metric, const RaceRules& rules) {
  RaceRecord race{.rules = rules, .metric = metric.name, .first_trials = {}, .state = {}, .budget = {}};
  RaceMetric values;  // (setting, seed)
  for (const auto& setting : field.racing) {
    race.first_trials.push_back(setting.front());
    values.emplace_back();
    for (const std::uint32_t position : setting) values.back().push_back(value_of(trials[position], metric));
    values.back().resize(rules.n_seeds);
  }
  RefinedRace judged = judge_refined_race(values, places_of(field, trials), rules);
  race.state = std::move(judged.state);
  race.joined = std::move(judged.joined);
  race.n_counted = std::move(judged.n_counted);
  race.n_complete = judged.n_complete;
  race.wanted = std::move(judged.wanted);
  return race;
}

std::string fault_of_race(const RaceRecord& recorded, std::span<const TrialResult> trials) {
  const ReportMetric* metric = find_metric(recorded.metric);
  if (!metric) return "";  // of a later version
  const RaceField field = race_field(trials);
  const RaceRules rules = complete_rules(recorded.rules, field, *metric);
  if (field.racing.size() < 2 || rules.start < 2 || rules.start > rules.n_seeds ||
      rules.n_given > field.racing.size())
    return "its race has rules that no run allows for its trials";
  RaceRecord judged = judge_stored(field, trials, *metric, rules);
  if (judged.first_trials != recorded.first_trials) return "its race is of other settings than its trials";
  if (judged.joined != recorded.joined)
    return "its race: settings joined in other stages than by the results";
  const std::string difference =
      difference_of_departures(recorded.state, judged.state, judged.first_trials.size());
  if (!difference.empty()) return "its race: " + difference;
  if (judged.state.end == RaceEnd::going_on) judged.budget = recorded.budget;
  const auto summary = [](const RaceRecord& race) {
    return fmt::format(
        "{} after {} rounds{}, with setting {} in the lead", end_text(race), race.state.n_rounds,
        race.state.stage > 0 ? fmt::format(" of stage {}", race.state.stage) : "", race.state.leader);
  };
  if (summary(recorded) == summary(judged)) return difference_of_looks(recorded.state, judged.state);
  return fmt::format("its race: {} here, but by the results {}", summary(recorded), summary(judged));
}

}  // namespace ksweep
