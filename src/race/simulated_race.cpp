#include "race/simulated_race.h"

#include <algorithm>

#include "base/portable_math.h"
#include "race/critical_value.h"
#include "race/race_family.h"

namespace ksweep {
namespace {

constexpr std::size_t n_races = 100, most_settings = 100;  // settings beyond them do as the last one does
constexpr double most_values = 1e6;

/// Values of all settings over all seeds; what all have in common in a seed, the pairing removes.
RaceMetric draw_slope(std::size_t n_settings, std::size_t n_seeds, bool best_scatters_most,
                      std::uint64_t seed) {
  RandomStream random(seed, Purpose::split);
  PortableNormals normals(random);
  RaceMetric metric(n_settings);
  for (std::size_t round = 0; round < n_seeds; ++round)
    for (std::size_t setting = 0; setting < n_settings; ++setting)
      metric[setting].push_back(step_of_slope * static_cast<double>(setting) +
                                scatter_of(setting, best_scatters_most) * normals.next());
  return metric;
}

/// Returns the seeds of all settings together, of which the first ones are simulated.
double trainings_of(const RaceState& state, std::size_t n_simulated, std::size_t n_settings) {
  std::vector<std::size_t> n_seeds(n_simulated, state.n_rounds);
  for (const Departure& departure : state.left) n_seeds[departure.setting] = departure.n_seeds;
  double sum = static_cast<double>(n_settings - n_simulated) * static_cast<double>(n_seeds.back());
  for (const std::size_t count : n_seeds) sum += static_cast<double>(count);
  return sum;
}

}  // namespace

double share_on_slope(std::size_t n_settings, const RaceRules& rules) {
  const std::size_t n_simulated = std::min(n_settings, most_settings);
  RaceRules simulated = rules;
  simulated.smaller_is_better = true;
  simulated.tolerance = 0;
  if (simulated.n_given == 0) simulated.n_given = n_settings;
  const double error = error_of_comparison(simulated, 0);
  const CriticalValue critical = [error](std::size_t n) { return critical_value(error, n); };
  const double values = static_cast<double>(n_simulated) * static_cast<double>(rules.n_seeds);
  const auto races = std::clamp(static_cast<std::size_t>(most_values / values), std::size_t{1}, n_races);
  double most = 0;
  for (const bool best_scatters_most : {true, false}) {
    double trainings = 0;
    for (std::size_t race = 0; race < races; ++race)
      trainings += trainings_of(
          judge_race(draw_slope(n_simulated, rules.n_seeds, best_scatters_most, race), simulated, critical),
          n_simulated, n_settings);
    most = std::max(most, trainings / static_cast<double>(races));
  }
  return most / (static_cast<double>(n_settings) * static_cast<double>(rules.n_seeds));
}

}  // namespace ksweep
