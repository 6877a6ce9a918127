#pragma once

#include <string>

#include "cli/options.h"
#include "store/status_file.h"

namespace ksweep {

/// What `ksweep status` prints of a status written at `status.updated_unix_s` and read `now_unix_s`.
std::string status_text(const SweepStatus& status, double now_unix_s);

/// `ksweep status`.  Returns the exit code.
int status_command(const StatusOptions& options);

}  // namespace ksweep
