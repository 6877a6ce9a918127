#pragma once

#include "cli/options.h"

namespace ksweep {

/// `ksweep data export`.  Returns the exit code.
int data_export_command(const DataExportOptions& options);

}  // namespace ksweep
