#pragma once

#include "run/run_options.h"

namespace ksweep {

/// `ksweep run`: trains the missing trials of a sweep, alone or as one of several ranks.  Returns the exit
/// code.
int run_command(const RunOptions& options);

}  // namespace ksweep
