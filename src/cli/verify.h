#pragma once

#include "cli/options.h"

namespace ksweep {

/// `ksweep verify`.  Returns the exit code.
int verify_command(const VerifyOptions& options);

}  // namespace ksweep
