#pragma once

#include <atomic>
#include <span>

#include "schedule/callbacks.h"
#include "schedule/post.h"

namespace ksweep {

/// Rank 0's part of run_jobs: hands out the jobs, and runs some itself; lends out the CPUs of ranks without any; notices
/// ranks that are lost and gives what they held to others.  Returns how the run ended, which is
/// the `leave` message that all workers got.
Message coordinate(Post& post, const std::vector<Place>& places, std::span<const Job> jobs,
                   const Callbacks& callbacks, const std::atomic<bool>& stop_requested,
                   const RunRules& rules);

}  // namespace ksweep
