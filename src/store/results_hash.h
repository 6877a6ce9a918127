#pragma once

#include <string>
#include <vector>

#include "core/trial_result.h"

namespace ksweep {

/// Returns the SHA-256 of the specification and all reproducible numbers of every done or failed trial, in id
/// order: equal for equal results on any number of ranks and threads.  Stored as the root attribute
/// results_sha256.
std::string results_hash(const std::vector<TrialResult>& trials);

}  // namespace ksweep
