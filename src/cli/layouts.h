#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace ksweep {

/// The resources of a node.
struct Machine {
  int cores = 1;
  double memory_bytes = 0;
};

/// The resources that a sweep needs.
struct Demand {
  std::vector<double> core_s;             ///< seconds of each job on one core
  double rank_bytes = 0, node_bytes = 0;  ///< memory of each rank; memory of the data, once
};

struct RankLayout {
  int n_ranks = 1, n_threads = 1;
  double wall_s = 0;
};

/// Returns the wall time of the jobs on these ranks, by simulating the schedule, longest first.
double wall_time_s(const std::vector<double>& core_s, int n_ranks, int n_threads);

/// Returns all divisions of the machine into ranks and threads that its cores and its memory allow, the best
/// first.  Those whose predictions differ by less than their accuracy (2 %) are ordered by fewer threads.
/// Empty: the memory is too small for one rank.
std::vector<RankLayout> possible_layouts(const Demand& demand, const Machine& machine);

/// Returns whether predictions are too inaccurate (2 %) to tell which of two wall times is shorter.
bool are_alike(double wall_s, double other_wall_s);

/// Returns "96 of 128 ranks will have nothing to do: there are 32 trainings, for which 32 ranks are enough"; empty if there is a
/// training for each rank.
std::string note_on_idle_ranks(int n_ranks, std::size_t n_jobs);

/// Returns why the first of them is the best, as the end of a sentence.
std::string reason_for(const RankLayout& best, const Demand& demand, const Machine& machine);

/// Returns "2 ranks x 1 thread".
std::string layout_text(const RankLayout& layout);

}  // namespace ksweep
