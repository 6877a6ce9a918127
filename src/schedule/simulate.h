#pragma once

#include <cstddef>
#include <span>

namespace ksweep {

/// A machine with its communication delays.
struct SimulatedMachine {
  int n_ranks = 1;
  double delay_s = 0;    ///< one way: from a rank's report until the coordinator reads it, and back
  double service_s = 0;  ///< the coordinator's time for a report; reports are served one at a time
  int ranks_per_node = 1;
  /// Speed that the CPUs of a lender add to the borrower's, whose own CPUs count 1.
  double lent_speed = 0;
};

struct SimulatedRun {
  double wall_s = 0;
  double bound_s = 0;  ///< no schedule can be faster: max(total / ranks, longest job with all CPUs of a node)
  double efficiency() const { return wall_s > 0 ? bound_s / wall_s : 1; }
  std::size_t n_run = 0;     ///< jobs that were run
  double cpu_s_per_job = 0;  ///< CPU time of the simulation itself: policy and event queue
};

/// Simulates jobs of these true lengths with a virtual clock, scheduled by Policy from predicted lengths.
SimulatedRun simulate(const SimulatedMachine& machine, std::span<const double> predicted_s,
                      std::span<const double> true_s);

}  // namespace ksweep
