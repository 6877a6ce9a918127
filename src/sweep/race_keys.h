#pragma once

#include <vector>

#include "sweep/entries.h"
#include "sweep/sweep.h"

namespace ksweep {

/// Sets how the settings of a sweep race, if `grid.search` asks for it, and notes race keys without effect.  The sweep's trials
/// must be complete.  Throws UserError for invalid values, and for grids whose settings cannot race: with too few seeds, with
/// one setting, or with settings that lack seeds.
void take_race(const std::vector<Entry>& entries, Sweep& sweep);

}  // namespace ksweep
