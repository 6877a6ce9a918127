#include "simulated_races.h"

#include <algorithm>
#include <numeric>

namespace ksweep {
namespace {

RaceMetric draw_race(const Field& field, std::size_t n_seeds, std::uint64_t race) {
  Draws draws(race);
  RaceMetric metric(field.size());
  for (std::size_t round = 0; round < n_seeds; ++round) {
    const std::vector<double> values = field.draw(draws);
    for (std::size_t setting = 0; setting < field.size(); ++setting)
      metric[setting].push_back(values[setting]);
  }
  return metric;
}

/// Sums over races, of which Outcome has the shares.
struct Sums {
  double best_left = 0, loss = 0, trainings = 0, core_s = 0;
  double seeds_of_leader = 0;

  void add(const Field& field, const RaceState& state);
  Outcome outcome(const Field& field, std::size_t n_seeds) const;
};

void Sums::add(const Field& field, const RaceState& state) {
  const auto best = std::min_element(field.means.begin(), field.means.end());
  std::vector<std::size_t> seeds(field.size(), state.n_rounds);
  for (const Departure& departure : state.left) {
    seeds[departure.setting] = departure.n_seeds;
    best_left += departure.setting == static_cast<std::size_t>(best - field.means.begin());
  }
  loss += (field.means[state.leader] - *best) / field.scatter;
  for (std::size_t setting = 0; setting < field.size(); ++setting) {
    trainings += static_cast<double>(seeds[setting]);
    core_s += static_cast<double>(seeds[setting]) * field.core_s[setting];
  }
  seeds_of_leader += static_cast<double>(state.n_rounds);
}

Outcome Sums::outcome(const Field& field, std::size_t n_seeds) const {
  const auto n_settings = static_cast<double>(field.size());
  const double of_one_seed = std::accumulate(field.core_s.begin(), field.core_s.end(), 0.0),
               seeds_of_list = static_cast<double>(n_seeds) * n_simulated;
  return {.best_left = best_left / n_simulated,
          .loss = loss / n_simulated,
          .trainings = trainings / (n_settings * seeds_of_list),
          .hours = core_s / (of_one_seed * seeds_of_list),
          .trainings_as_precise = trainings / (n_settings * seeds_of_leader),
          .hours_as_precise = core_s / (of_one_seed * seeds_of_leader)};
}

}  // namespace

std::vector<Outcome> simulate(const Field& field, const RaceRules& rules,
                              const std::vector<CriticalValue>& methods) {
  std::vector<Sums> sums(methods.size());
  for (int race = 0; race < n_simulated; ++race) {
    const RaceMetric metric = draw_race(field, rules.n_seeds, static_cast<std::uint64_t>(race));
    for (std::size_t i = 0; i < methods.size(); ++i)
      sums[i].add(field, judge_race(metric, rules, methods[i]));
  }
  std::vector<Outcome> outcomes;
  for (const Sums& of_method : sums) outcomes.push_back(of_method.outcome(field, rules.n_seeds));
  return outcomes;
}

Outcome worse_of(const Outcome& one, const Outcome& other) {
  return {.best_left = std::max(one.best_left, other.best_left),
          .loss = std::max(one.loss, other.loss),
          .trainings = std::max(one.trainings, other.trainings),
          .hours = std::max(one.hours, other.hours),
          .trainings_as_precise = std::max(one.trainings_as_precise, other.trainings_as_precise),
          .hours_as_precise = std::max(one.hours_as_precise, other.hours_as_precise)};
}

}  // namespace ksweep
