#pragma once

#include "cli/options.h"

namespace ksweep {

/// `ksweep weights`.  Returns the exit code.
int weights_command(const WeightsOptions& options);

}  // namespace ksweep
