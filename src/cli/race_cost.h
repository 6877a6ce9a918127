#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "cost/cost.h"
#include "run/race.h"

namespace ksweep {

/// What a race may cost altogether, stored or not, in core-seconds.
struct RaceCost {
  std::string metric;
  std::size_t n_settings = 0;    ///< with those that were added
  std::size_t n_added = 0;       ///< settings with values of k that the race has added
  std::size_t n_seeds = 0;       ///< the length of the list of seeds
  std::size_t n_least = 0;       ///< seeds after which a setting can leave at the earliest
  double least_s = 0;            ///< so many seeds of all settings
  double most_s = 0;             ///< all seeds of all settings
  double on_slope_s = 0;         ///< of settings that lie on a slope, by simulation: docs/racing.md
  bool may_grow = false;         ///< values of k may be added
  std::size_t n_between = 0;     ///< settings that could be: all whole numbers between values of k
  std::size_t n_halvings = 0;    ///< steps to a single optimum; each adds two settings at most
  double most_of_setting_s = 0;  ///< all seeds of the most expensive setting

  /// Settings that the steps to a single optimum add.
  std::size_t n_expected() const { return may_grow ? std::min(2 * n_halvings, n_between) : 0; }
  /// Trainings of these, (training) in core-seconds.
  std::vector<double> expected_s() const {
    return std::vector<double>(n_expected() * n_seeds, most_of_setting_s / static_cast<double>(n_seeds));
  }
  std::string standing;  ///< how far it is; empty before it begins
};

RaceCost race_cost(const Race& race, const RaceRules& rules, const std::vector<PlannedTrial>& plan,
                   const FactsOf& facts, const Rates& rates);

/// Returns these costs as lines of `ksweep plan`.
std::string race_cost_text(const RaceCost& cost);

}  // namespace ksweep
