#pragma once

#include "store/audit.h"

namespace ksweep {

/// Checks that a recorded race, if there is one, has the rules of the sweep text that stands beside it; a difference becomes a fault of
/// sweep.h5.  A text that this version cannot read becomes a note.
void check_race_rules(const std::filesystem::path& sweep_file, Audit& found);

}  // namespace ksweep
