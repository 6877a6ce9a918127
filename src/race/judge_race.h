#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

#include "race/paired_bound.h"

namespace ksweep {

struct RaceRules {
  std::size_t start = 4;          ///< seeds that every setting gets before the first decision; at least 2
  double error = 0.05;            ///< at most this is the probability that the truly best setting ever leaves
  double tolerance = 0;           ///< of the metric: differences up to it do not matter
  bool smaller_is_better = true;  ///< of the metric
  std::size_t n_seeds = 0;        ///< the length of the list of seeds; at least `start`
  bool refine = false;            ///< whether values of k are added around the leader
  std::size_t n_given = 0;  ///< settings of the sweep file, which come first; those after them were added
};

struct Departure {
  std::size_t setting;
  std::size_t n_seeds;  ///< after so many complete rounds
  std::size_t leader;   ///< of these rounds
  Bound
      of_difference;  ///< setting minus leader; NaN, -infinity, infinity if all trainings of the setting failed
  std::size_t stage = 0;
};

/// What the bounds said at one decision.
struct Look {
  std::size_t n_seeds;  ///< after so many complete rounds
  std::size_t leader;   ///< of these rounds
  std::vector<Bound>
      of_differences;  ///< (setting) minus leader; all NaN of the leader and of those that were not compared
  std::size_t stage = 0;
};

enum class RaceEnd { going_on, one_left, within_tolerance, seeds_used };

struct RaceState {
  RaceEnd end;
  std::size_t n_rounds;              ///< complete rounds that count; none is looked at after the end
  std::size_t leader;                ///< the best mean over these rounds, of the settings in the race
  std::vector<std::size_t> in_race;  ///< ascending
  std::vector<Departure> left;       ///< in the order of departures; of the same round, ascending
  std::vector<Look> looks;           ///< all decisions: from `start` rounds on, one after each
  std::size_t stage = 0;             ///< how often values of k were added; rounds are those of this stage
};

/// metric[setting][position of the seed]: NaN where the training failed, nothing where it has not finished.
using RaceMetric = std::vector<std::vector<std::optional<double>>>;

/// Returns the error of each comparison with a leader that joined in a stage of a race which n_given settings begin.
///
/// The shares of the stages, 1 / ((s + 1) (s + 2)), sum to 1, and each is divided among all that could join then, wherever
/// values of k are added: the given settings, or (n_given - 1) 2^(s - 1), since each stage at most halves the gaps between
/// the values of k.
double error_of_comparison(const RaceRules& rules, std::size_t stage);

/// Says how a race stands, from complete rounds only: the same whatever else has finished, and in which order.  A round
/// is complete when all settings in the race have the seed.
///
/// A failed training counts as the worst value that any setting reached in the complete rounds which it took part in;
/// a setting all of whose trainings failed leaves at the first decision, unless that is so of all.
///
/// Each round, every other setting is compared with the leader.  The best setting leaves only if its comparison with
/// one of its rivals is wrong at some look; each is with a probability of error / (settings - 1) at most.
RaceState judge_race(const RaceMetric& metric, const RaceRules& rules);

/// The same with other critical values of the t statistic of n differences.
using CriticalValue = std::function<double(std::size_t n)>;
RaceState judge_race(const RaceMetric& metric, const RaceRules& rules, const CriticalValue& critical_value);

/// The same with critical values that depend on whom a setting is compared with, and looks at nothing after the first decision at
/// which `is_over` says so.
using CriticalValueOf = std::function<double(std::size_t n, std::size_t rival)>;
RaceState judge_race(const RaceMetric& metric, const RaceRules& rules, const CriticalValueOf& critical_value,
                     const std::function<bool(const RaceState&)>& is_over);

}  // namespace ksweep
