#pragma once

#include <atomic>
#include <chrono>

#include "schedule/callbacks.h"
#include "schedule/post.h"

namespace ksweep {

/// Returns the interval between a rank's signs of life: that of ticks, or longer with so many ranks that they
/// would burden the coordinator.
std::chrono::microseconds interval_of_signs(int n_ranks);

/// Part of run_jobs of all ranks except 0: runs the jobs that the coordinator sends.  Returns its `leave`
/// message, or one made here if the coordinator is lost.
Message work(Post& post, const std::vector<Place>& places, const Callbacks& callbacks,
             const std::atomic<bool>& stop_requested);

}  // namespace ksweep
