#include "store/race_columns.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <numeric>
#include <utility>

#include "core/trial_keys.h"
#include "store/h5.h"

namespace ksweep {
namespace {

constexpr std::int32_t nobody = -1;
constexpr double no_number = std::numeric_limits<double>::quiet_NaN();
constexpr const char* by_budget = "budget spent";
constexpr auto end_names =
    std::to_array<const char*>({"going on", "one left", "within tolerance", "seeds used"});  // by RaceEnd

double number_in(hid_t file, const char* attribute) {
  const std::string text = h5::read_text(file, attribute);
  double number = 0;
  const auto [last, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || last != text.data() + text.size() || !(number >= 0))
    throw h5::Error(fmt::format("{} is no number", attribute));
  return number;
}

std::size_t count_in(hid_t file, const char* attribute) {
  return static_cast<std::size_t>(std::min(number_in(file, attribute), 1e9));
}

/// Returns one value for each setting, or for each look.
template <class T>
std::vector<T> column(hid_t file, const char* name, std::size_t length) {
  const auto set = h5::find_dataset(file, name);
  if (!set) throw h5::Error(fmt::format("{} is missing", name));
  const h5::Shape shape = h5::shape_of(*set, 1);
  if (shape[0] != length) throw h5::Error(fmt::format("{} has another length than the race", name));
  return h5::read_values<T>(*set, shape);
}

/// Returns the position, which must be one of `count`.
std::size_t checked(std::int32_t position, std::size_t count) {
  if (position < 0 || static_cast<std::size_t>(position) >= count)
    throw h5::Error("the race names what is not there");
  return static_cast<std::size_t>(position);
}

RaceRules read_rules(hid_t file) {
  RaceRules rules;
  rules.start = count_in(file, "race_start");
  rules.error = number_in(file, "race_error");
  rules.tolerance = number_in(file, "race_tolerance");
  rules.smaller_is_better = h5::read_text(file, "race_better") == "smaller";
  rules.refine = h5::has_attribute(file, "race_refine") && h5::read_text(file, "race_refine") == "yes";
  return rules;
}

void read_end(hid_t file, RaceRecord& race) {
  const std::string text = h5::read_text(file, "race_end");
  const auto found = std::ranges::find(end_names, text);
  if (found == end_names.end() && text != by_budget) throw h5::Error("race_end is unknown");
  race.state.end =
      found == end_names.end() ? RaceEnd::going_on : static_cast<RaceEnd>(found - end_names.begin());
  if (text == by_budget) race.budget = number_in(file, "race_budget");
}

/// Returns the stages, with nobody for none; all 0 in files of races to which nothing is added.
std::vector<std::int32_t> stages(hid_t file, const char* name, std::size_t length) {
  if (!h5::find_dataset(file, name)) return std::vector<std::int32_t>(length, 0);
  return column<std::int32_t>(file, name, length);
}

std::size_t stage_of(std::int32_t stage) { return stage < 0 ? not_joined : static_cast<std::size_t>(stage); }

void read_joined(hid_t file, RaceRecord& race) {
  for (const std::int32_t stage : stages(file, "race_stage_joined", race.first_trials.size()))
    race.joined.push_back(stage_of(stage));
  race.rules.n_given = static_cast<std::size_t>(std::ranges::count(race.joined, std::size_t{0}));
  race.state.stage = race.rules.refine ? count_in(file, "race_stage") : 0;
}

void read_departures(hid_t file, const std::vector<std::size_t>& joined, RaceState& state) {
  const std::size_t n_settings = joined.size();
  const auto stage = stages(file, "race_stage_left", n_settings);
  const auto left_after = column<std::int32_t>(file, "race_left_after", n_settings);
  const auto leader = column<std::int32_t>(file, "race_leader_then", n_settings);
  const auto mean = column<double>(file, "race_difference", n_settings);
  const auto low = column<double>(file, "race_difference_low", n_settings);
  const auto high = column<double>(file, "race_difference_high", n_settings);
  for (std::size_t i = 0; i < n_settings; ++i)
    if (left_after[i] == nobody && joined[i] != not_joined)
      state.in_race.push_back(i);
    else if (left_after[i] != nobody)
      state.left.push_back({.setting = i,
                            .n_seeds = static_cast<std::size_t>(std::max(0, left_after[i])),
                            .leader = checked(leader[i], n_settings),
                            .of_difference = {mean[i], low[i], high[i]},
                            .stage = stage_of(stage[i])});
  std::ranges::stable_sort(state.left, {},
                           [](const Departure& left) { return std::pair(left.stage, left.n_seeds); });
}

/// Returns (look, setting) one value of the bounds.
std::vector<double> of_looks(hid_t file, const char* name, std::size_t n_looks, std::size_t n_settings) {
  const auto set = h5::find_dataset(file, name);
  if (!set) throw h5::Error(fmt::format("{} is missing", name));
  const h5::Shape shape = h5::shape_of(*set, 2);
  if (shape[0] != n_looks || shape[1] != n_settings)
    throw h5::Error(fmt::format("{} has another shape than the race", name));
  return h5::read_values<double>(*set, shape);
}

/// None in files of earlier versions.
void read_looks(hid_t file, std::size_t n_settings, RaceState& state) {
  const auto set = h5::find_dataset(file, "race_look");
  if (!set) return;
  const auto n_seeds = h5::read_values<std::int32_t>(*set, h5::shape_of(*set, 1));
  const auto leader = column<std::int32_t>(file, "race_look_leader", n_seeds.size());
  const auto stage = stages(file, "race_look_stage", n_seeds.size());
  const auto mean = of_looks(file, "race_look_difference", n_seeds.size(), n_settings);
  const auto low = of_looks(file, "race_look_difference_low", n_seeds.size(), n_settings);
  const auto high = of_looks(file, "race_look_difference_high", n_seeds.size(), n_settings);
  for (std::size_t i = 0; i < n_seeds.size(); ++i) {
    Look look{static_cast<std::size_t>(std::max(0, n_seeds[i])),
              checked(leader[i], n_settings),
              {},
              stage_of(stage[i])};
    for (std::size_t at = i * n_settings; at < (i + 1) * n_settings; ++at)
      look.of_differences.push_back({mean[at], low[at], high[at]});
    state.looks.push_back(std::move(look));
  }
}

void add_looks(Netcdf4File& file, const RaceState& state, bool with_stages) {
  std::vector<std::int32_t> n_seeds, leader, stage;
  std::vector<double> mean, low, high;
  for (const Look& look : state.looks) {
    n_seeds.push_back(static_cast<std::int32_t>(look.n_seeds));
    leader.push_back(static_cast<std::int32_t>(look.leader));
    stage.push_back(static_cast<std::int32_t>(look.stage));
    for (const Bound& bound : look.of_differences) {
      mean.push_back(bound.mean);
      low.push_back(bound.low);
      high.push_back(bound.high);
    }
  }
  file.define("race_look", "number of seeds after which the race was decided", n_seeds);
  file.add({"race_look_leader", "setting that led then"}, {"race_look"}, leader, std::optional(nobody));
  if (with_stages)
    file.add({"race_look_stage", "how often values of k had been added then"}, {"race_look"}, stage,
             std::optional(nobody));
  const auto add = [&](const char* name, const char* meaning, const std::vector<double>& values) {
    file.add({name, meaning}, {"race_look", "race_setting"}, values, std::optional(no_number));
  };
  add("race_look_difference", "mean over the seeds of the setting's metric minus the leader's", mean);
  add("race_look_difference_low", "lower bound of the mean difference", low);
  add("race_look_difference_high", "upper bound of the mean difference", high);
}

void add_attributes(Netcdf4File& file, const RaceRecord& race) {
  file.attribute("race_end", end_text(race));
  if (race.budget) file.attribute("race_budget", shortest_text(*race.budget));
  file.attribute("race_rounds", std::to_string(race.state.n_rounds));
  file.attribute("race_leader", std::to_string(race.state.leader));
  file.attribute("race_settings", std::to_string(race.first_trials.size()));
  file.attribute("race_out", std::to_string(race.state.left.size()));
  file.attribute("race_metric", race.metric);
  file.attribute("race_better", race.rules.smaller_is_better ? "smaller" : "larger");
  file.attribute("race_start", std::to_string(race.rules.start));
  file.attribute("race_error", shortest_text(race.rules.error));
  file.attribute("race_tolerance", shortest_text(race.rules.tolerance));
  if (!race.rules.refine) return;
  file.attribute("race_refine", "yes");
  file.attribute("race_stage", std::to_string(race.state.stage));
}

}  // namespace

std::string end_text(const RaceRecord& race) {
  return race.budget ? by_budget : end_names[static_cast<std::size_t>(race.state.end)];
}

void add_race(Netcdf4File& file, const RaceRecord& race) {
  const std::size_t n_settings = race.first_trials.size();
  std::vector<std::int32_t> settings(n_settings), trials(race.first_trials.begin(), race.first_trials.end()),
      left_after(n_settings, nobody), leader(n_settings, nobody);
  std::vector<double> mean(n_settings, no_number), low(mean), high(mean);
  std::iota(settings.begin(), settings.end(), 0);
  for (const Departure& departure : race.state.left) {
    left_after[departure.setting] = static_cast<std::int32_t>(departure.n_seeds);
    leader[departure.setting] = static_cast<std::int32_t>(departure.leader);
    mean[departure.setting] = departure.of_difference.mean;
    low[departure.setting] = departure.of_difference.low;
    high[departure.setting] = departure.of_difference.high;
  }
  add_attributes(file, race);
  file.define("race_setting", "setting that races, in the order of the plan", settings);
  const auto add = [&](const char* name, const char* meaning, const auto& values, auto fill) {
    file.add({name, meaning}, {"race_setting"}, values, std::optional(fill));
  };
  add("race_trial", "position of the setting's trial of the first seed", trials, nobody);
  add("race_left_after", "number of seeds after which the setting left the race; absent: it did not",
      left_after, nobody);
  add("race_leader_then", "setting that led when this one left", leader, nobody);
  add("race_difference", "mean over the seeds of the setting's metric minus the leader's, when it left", mean,
      no_number);
  add("race_difference_low", "lower bound of the mean difference", low, no_number);
  add("race_difference_high", "upper bound of the mean difference", high, no_number);
  if (race.rules.refine) {
    std::vector<std::int32_t> joined, stage_left(n_settings, nobody);
    for (const std::size_t stage : race.joined)
      joined.push_back(stage == not_joined ? nobody : static_cast<std::int32_t>(stage));
    for (const Departure& departure : race.state.left)
      stage_left[departure.setting] = static_cast<std::int32_t>(departure.stage);
    add("race_stage_joined",
        "how often values of k had been added when the setting joined; 0: it is of the sweep file", joined,
        nobody);
    add("race_stage_left", "how often they had been added when it left", stage_left, nobody);
  }
  add_looks(file, race.state, race.rules.refine);
}

std::optional<RaceRecord> read_race(hid_t file, std::size_t n_trials) {
  const auto set = h5::find_dataset(file, "race_trial");
  if (!set || !h5::has_attribute(file, "race_end")) return std::nullopt;
  RaceRecord race;
  for (const std::int32_t trial : h5::read_values<std::int32_t>(*set, h5::shape_of(*set, 1)))
    race.first_trials.push_back(static_cast<std::uint32_t>(checked(trial, n_trials)));
  race.rules = read_rules(file);
  race.metric = h5::read_text(file, "race_metric");
  read_end(file, race);
  race.state.n_rounds = count_in(file, "race_rounds");
  race.state.leader = count_in(file, "race_leader");
  read_joined(file, race);
  read_departures(file, race.joined, race.state);
  read_looks(file, race.first_trials.size(), race.state);
  return race;
}

}  // namespace ksweep
