#pragma once

#include <atomic>

#include "schedule/callbacks.h"
#include "schedule/post.h"

namespace ksweep {

/// The part of run_jobs of all ranks but 0: runs what the coordinator sends.  Returns its `leave` message.
/// If the coordinator is gone, so that none comes: one that says so.
Message work(Post& post, const std::vector<Place>& places, const Callbacks& callbacks,
             const std::atomic<bool>& stop_requested);

}  // namespace ksweep
