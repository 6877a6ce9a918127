#pragma once

#include <atomic>
#include <span>

#include "schedule/callbacks.h"
#include "schedule/post.h"

namespace ksweep {

/// Most messages that are served at a time, so that rank 0 can train during a flood of them.
inline constexpr int most_messages_at_once = 256;

/// Rank 0's part of run_jobs: hands out jobs and runs some itself, lends out the CPUs of idle ranks, detects
/// lost ranks and reassigns their jobs.  Returns how the run ended: the `leave` message that all workers got.
Message coordinate(Post& post, const std::vector<Place>& places, std::span<const Job> jobs,
                   const Callbacks& callbacks, const std::atomic<bool>& stop_requested,
                   const RunRules& rules);

}  // namespace ksweep
