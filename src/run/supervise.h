#pragma once

#include "run/run_options.h"

namespace ksweep {

/// `ksweep run --ranks N`: starts the ranks by mpirun and looks after them.  A run that crashes is started again, with
/// what was finished and checkpointed; one whose first rank hangs is ended and started again; signals are passed on.
/// words: the command line of this process.  Returns what `ksweep run` returns.
int supervise(const RunOptions& options, const std::vector<std::string>& words);

/// Whether this process is a rank that supervise() started: its command is the same.
bool is_supervised();

}  // namespace ksweep
