#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "cli/options.h"
#include "store/status_file.h"

namespace ksweep {

/// Whether the coordinator that wrote a status is still running.
enum class Life {
  alive,
  dead,   ///< it ran on this host and has ended
  silent  ///< it ran on another host, and its status no longer changes
};

/// look_again: reads the status again.  The coordinator writes it every two seconds, and less often only
/// while it writes the sweep file of a large sweep.
Life life_of(const SweepStatus& status, const std::function<SweepStatus()>& look_again,
             std::chrono::milliseconds patience = std::chrono::seconds(10));

/// Returns what `ksweep status` prints of a status written at `status.updated_unix_s` and read at
/// `now_unix_s`.
std::string status_text(const SweepStatus& status, double now_unix_s, Life life);

/// `ksweep status`.  Returns the exit code.
int status_command(const StatusOptions& options);

}  // namespace ksweep
