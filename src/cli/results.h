#pragma once

#include "cli/options.h"
#include "store/sweep_record.h"

namespace ksweep {

/// `ksweep merge` and `ksweep export`.  Return the exit code.
int merge_command(const MergeOptions& options);
int export_command(const ExportOptions& options);

/// Returns the sweep file itself, or the one in a results folder.  Throws UserError if there is none.
std::filesystem::path sweep_file_at(const std::filesystem::path& path);

/// Returns the content of a sweep file, or of the one in a results folder with the trials finished since; without a sweep.h5, all
/// finished trials.
SweepRecord newest_record(const std::filesystem::path& path);

}  // namespace ksweep
