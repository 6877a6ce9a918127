#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "race/paired_bound.h"

namespace ksweep {

struct RaceRules {
  std::size_t start = 4;          ///< seeds that every setting gets before the first decision
  double error = 0.05;            ///< at most this is the probability that the truly best setting ever leaves
  double tolerance = 0;           ///< of the metric: differences up to it do not matter
  bool smaller_is_better = true;  ///< of the metric
  std::size_t n_seeds = 0;        ///< the length of the list of seeds
};

struct Departure {
  std::size_t setting;
  std::size_t n_seeds;  ///< after so many complete rounds
  std::size_t leader;   ///< of these rounds
  Bound of_difference;  ///< setting minus leader; says nothing if all trainings of the setting failed
};

enum class RaceEnd { going_on, one_left, within_tolerance, seeds_used };

struct RaceState {
  RaceEnd end;
  std::size_t n_rounds;              ///< complete rounds that count; none is looked at after the end
  std::size_t leader;                ///< the best mean over these rounds, of the settings in the race
  std::vector<std::size_t> in_race;  ///< ascending
  std::vector<Departure> left;       ///< in the order of departures; of the same round, ascending
};

/// Says how a race stands, from complete rounds only: the same whatever else has finished, and in which order.
///
/// metric[setting][position of the seed]: NaN where the training failed, nothing where it has not finished.  A round is
/// complete when all settings in the race have the seed.
RaceState judge_race(const std::vector<std::vector<std::optional<double>>>& metric, const RaceRules& rules);

}  // namespace ksweep
