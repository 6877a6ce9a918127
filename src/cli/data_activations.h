#pragma once

#include "cli/options.h"

namespace ksweep {

/// `ksweep data activations`.  Returns the exit code.
int data_activations_command(const DataActivationsOptions& options);

}  // namespace ksweep
