#pragma once

#include "cli/options.h"

namespace ksweep {

/// `ksweep merge` and `ksweep export`.  Return the exit code.
int merge_command(const MergeOptions& options);
int export_command(const ExportOptions& options);

}  // namespace ksweep
