#pragma once

#include <atomic>

#include "schedule/callbacks.h"
#include "schedule/post.h"

namespace ksweep {

/// Part of run_jobs of all ranks except 0: runs the jobs that the coordinator sends.  Returns its `leave`
/// message, or one made here if the coordinator is lost.
Message work(Post& post, const std::vector<Place>& places, const Callbacks& callbacks,
             const std::atomic<bool>& stop_requested);

}  // namespace ksweep
