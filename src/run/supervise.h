#pragma once

#include "run/run_options.h"

namespace ksweep {

/// `ksweep run --ranks N`: starts the ranks by mpirun and supervises them.  Restarts a run that crashes,
/// which continues with what was finished and checkpointed; ends and restarts one whose first rank hangs;
/// passes signals on.  words: the command line of this process.  Returns what `ksweep run` returns.
int supervise(const RunOptions& options, const std::vector<std::string>& words);

/// Returns whether this process is a rank that supervise() started, which has the same command line.
bool is_supervised();

}  // namespace ksweep
