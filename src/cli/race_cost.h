#pragma once

#include <string>

#include "cost/cost.h"
#include "run/race.h"

namespace ksweep {

/// What a race may cost altogether, stored or not, in core-seconds.
struct RaceCost {
  std::string metric;
  std::size_t n_settings = 0, n_seeds = 0;
  std::size_t n_least = 0;       ///< seeds after which a setting can leave at the earliest
  double least_s = 0;            ///< so many seeds of all settings
  double most_s = 0;             ///< all seeds of all settings
  double on_slope_s = 0;         ///< of settings that lie on a slope, by simulation: docs/racing.md
  bool may_grow = false;         ///< values of k may be added
  std::size_t n_between = 0;     ///< settings that could be: all whole numbers between values of k
  std::size_t n_halvings = 0;    ///< steps to a single optimum; each adds two settings at most
  double most_of_setting_s = 0;  ///< all seeds of the most expensive setting
  std::string standing;          ///< how far it is; empty before it begins
};

RaceCost race_cost(const Race& race, const RaceRules& rules, const std::vector<PlannedTrial>& plan,
                   const FactsOf& facts, const Rates& rates);

/// Returns these costs as lines of `ksweep plan`.
std::string race_cost_text(const RaceCost& cost);

}  // namespace ksweep
