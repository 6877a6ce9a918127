#pragma once

#include <atomic>

namespace ksweep {

/// From now on TERM, INT, HUP, USR1 and USR2 set the returned flag, and do nothing else.  A second one of the
/// same kind more than `insist_after_s` later ends the process at once with status 128 + its number; an
/// earlier one is taken for an echo, as mpirun and Slurm both deliver the same signal.  Signals that are
/// ignored (nohup) stay so.
const std::atomic<bool>& catch_stop_signals();

inline constexpr int insist_after_s = 3;

}  // namespace ksweep
