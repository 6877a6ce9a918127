#pragma once

#include "cli/options.h"

namespace ksweep {

/// `ksweep merge` and `ksweep export`.  Return the exit code.
int merge_command(const MergeOptions& options);
int export_command(const ExportOptions& options);

/// Returns the sweep file itself, or the one in a results folder.  Throws UserError if there is none.
std::filesystem::path sweep_file_at(const std::filesystem::path& path);

}  // namespace ksweep
