#pragma once

#include "cli/options.h"

namespace ksweep {

/// `ksweep prune`.  Returns the exit code.
int prune_command(const PruneOptions& options);

}  // namespace ksweep
