#pragma once

#include <array>
#include <cstddef>

namespace ksweep {

/// The settings of simulated races (docs/racing.md), in units of the largest scatter over seeds: on a slope, each is worse than the
/// one before by this.
inline constexpr double step_of_slope = 0.5;

/// Settings scatter by different amounts; were it the same amount, differences would be symmetric whatever the law.
inline double scatter_of(std::size_t setting, bool best_scatters_most) {
  constexpr std::array<double, 5> scatters = {1, 0.7, 0.5, 0.35, 0.25};
  return scatters[best_scatters_most ? setting % 5 : 4 - setting % 5];
}

}  // namespace ksweep
