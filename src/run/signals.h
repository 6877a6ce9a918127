#pragma once

#include <atomic>

namespace ksweep {

/// Makes TERM, INT, HUP, USR1 and USR2 set the returned flag, and do nothing else.  A second signal of the
/// same kind more than `insist_after_s` later ends the process at once with status 128 + its number; an
/// earlier one is taken for a duplicate, as mpirun and Slurm both deliver the same signal.  Signals that are
/// ignored (nohup) stay so.
///
/// XCPU also sets the flag, and is sent a little before the process has used the CPU time that `ulimit -t`
/// allows.  PIPE is ignored: output that nobody reads is lost, and the work continues.
const std::atomic<bool>& catch_stop_signals();

inline constexpr int insist_after_s = 3;

/// Returns whether the stop was requested because the process has used nearly all of its CPU time.
bool cpu_time_is_spent();

/// Returns the CPU time that the system allows this process (`ulimit -t`); infinite without a limit.
double cpu_time_limit_s();

/// Makes TSTP (Ctrl-Z in a terminal) set the returned flag instead of suspending the process, unless it is
/// ignored.
std::atomic<bool>& catch_suspension();

}  // namespace ksweep
