#pragma once

#include <vector>

#include "race/judge_race.h"
#include "simulated_field.h"

namespace ksweep {

inline constexpr int n_simulated = 2000;  ///< races a number

/// What races come to on average.
struct Outcome {
  double best_left = 0;  ///< share of the races in which the best setting has left
  double loss =
      0;  ///< true mean of the leader at the end minus that of the best setting, in units of the field's scatter
  /// Shares of a full grid: of all seeds on the list ...
  double trainings = 0, hours = 0;
  /// ... and of as many for each setting as the leader of the race got, so that its mean is known as precisely.
  double trainings_as_precise = 0, hours_as_precise = 0;
};

/// Returns what n_simulated races come to under each method's critical values: always the same ones for the same field.
/// rules: smaller values are better.
std::vector<Outcome> simulate(const Field& field, const RaceRules& rules,
                              const std::vector<CriticalValue>& methods);

/// Returns the larger of each number.
Outcome worse_of(const Outcome& one, const Outcome& other);

}  // namespace ksweep
