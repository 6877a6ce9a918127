#pragma once

#include "cli/options.h"

namespace ksweep {

/// `ksweep data info` and `ksweep data digits`.  Return the exit code.
int data_info_command(const DataInfoOptions& options);
int data_digits_command(const DataDigitsOptions& options);

}  // namespace ksweep
