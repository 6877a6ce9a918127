#pragma once

#include "race/judge_race.h"

namespace ksweep {

/// Returns which share of the full grid's trainings a race of so many settings takes that lie on a slope: a mean of simulated
/// races with normal values over seeds, judged by these rules but for their tolerance.  Always the same for the same arguments.
double share_on_slope(std::size_t n_settings, const RaceRules& rules);

}  // namespace ksweep
