#pragma once

#include <cstddef>
#include <span>

namespace ksweep {

/// A machine and its delays, as the simulated coordinator meets them.
struct SimulatedMachine {
  int n_ranks = 1;
  double delay_s = 0;    ///< one way: from a rank's report to the coordinator's look at it, and back
  double service_s = 0;  ///< the coordinator's own time per report, one after the other
  int ranks_per_node = 1;
  /// What the CPUs of a rank that has run out of jobs add to the speed of the one that they are lent to; its own give 1.
  double lent_speed = 0;
};

struct SimulatedRun {
  double wall_s = 0;
  double bound_s = 0;  ///< no schedule can be faster: max(total / ranks, longest job with all CPUs of a node)
  double efficiency() const { return wall_s > 0 ? bound_s / wall_s : 1; }
  std::size_t n_run = 0;     ///< jobs that have been run
  double cpu_s_per_job = 0;  ///< that this simulation took, policy and event queue
};

/// Runs jobs of these true lengths under a virtual clock, scheduled by the Policy from predicted lengths.
SimulatedRun simulate(const SimulatedMachine& machine, std::span<const double> predicted_s,
                      std::span<const double> true_s);

}  // namespace ksweep
