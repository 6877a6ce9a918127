#pragma once

#include <optional>

#include "schedule/callbacks.h"

namespace ksweep {

/// Runs one job on this rank and returns its report, or nothing if it was interrupted.  An exception becomes
/// the report's `fault`.
std::optional<JobReport> attempt(const Callbacks& callbacks, std::uint32_t job, int rank,
                                 const KeepGoing& heartbeat);

}  // namespace ksweep
