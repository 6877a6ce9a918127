#pragma once

#include <filesystem>
#include <vector>

#include "sweep/planned_trials.h"
#include "sweep/sweep.h"

namespace ksweep {

/// Throws UserError if the folder holds the results of another sweep: of a sweep file with another path and
/// text, without a trial in common with this one.  A changed or moved file, or other --set values, still
/// count as the same sweep.
void refuse_foreign_folder(const std::filesystem::path& folder, const Sweep& sweep,
                           const std::vector<PlannedTrial>& plan);

/// Root attribute of sweep.h5: the path of the sweep file, empty if it was read from a pipe.
inline constexpr const char* sweep_place_attribute = "sweep_file";

}  // namespace ksweep
