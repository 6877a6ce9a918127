#pragma once

#include <span>
#include <string>
#include <vector>

namespace ksweep {

/// What a node offers.
struct Machine {
  int cores = 1;
  double memory_bytes = 0;
};

/// What a sweep asks of it.
struct Demand {
  std::vector<double> core_s;             ///< of each job, on one core
  double rank_bytes = 0, node_bytes = 0;  ///< of each rank; of the data, once
};

struct RankLayout {
  int n_ranks = 1, n_threads = 1;
  double wall_s = 0;
};

/// Wall time of the jobs on these ranks: the schedule, longest first, simulated.
double wall_time_s(const std::vector<double>& core_s, int n_ranks, int n_threads);

/// All divisions of the machine into ranks and threads that its cores and its memory allow, the best first.  Those
/// that differ by less than the predictions can tell (2 %) are ordered by fewer threads.  Empty: the memory is too
/// small for one rank.
std::vector<RankLayout> possible_layouts(const Demand& demand, const Machine& machine);

/// Why the first of them is the best: the end of a sentence.
std::string reason_for(const RankLayout& best, const Demand& demand, const Machine& machine);

/// "2 ranks x 1 thread".
std::string layout_text(const RankLayout& layout);

}  // namespace ksweep
