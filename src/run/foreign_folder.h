#pragma once

#include <filesystem>
#include <vector>

#include "sweep/planned_trials.h"
#include "sweep/sweep.h"

namespace ksweep {

/// Throws UserError if the folder holds the results of another sweep: of another sweep file, with another text, with
/// which this one has no trial in common.  A changed or moved file and other --set values are the same sweep, grown or
/// changed.
void refuse_foreign_folder(const std::filesystem::path& folder, const Sweep& sweep,
                           const std::vector<PlannedTrial>& plan);

/// Root attribute of sweep.h5: the place of the sweep file, empty if it was read from a pipe.
inline constexpr const char* sweep_place_attribute = "sweep_file";

}  // namespace ksweep
