#pragma once

#include <atomic>

namespace ksweep {

/// From now on TERM, INT, HUP, USR1 and USR2 set the returned flag, and do nothing else.  A second one of the
/// same kind more than `insist_after_s` later ends the process at once with status 128 + its number; an
/// earlier one is taken for an echo, as mpirun and Slurm both deliver the same signal.  Signals that are
/// ignored (nohup) stay so.
///
/// XCPU sets it too, and is sent a little before the CPU time is spent that `ulimit -t` allows the process.  PIPE is
/// ignored: what nobody reads is lost, and the work goes on.
const std::atomic<bool>& catch_stop_signals();

inline constexpr int insist_after_s = 3;

/// Whether the stop was asked for because the process has used nearly all of its CPU time.
bool cpu_time_is_spent();

/// CPU time that the system allows this process (`ulimit -t`); infinite without a limit.
double cpu_time_limit_s();

/// From now on TSTP (Ctrl-Z in a terminal) sets the returned flag in place of suspending the process, unless it is
/// ignored.
std::atomic<bool>& catch_suspension();

}  // namespace ksweep
