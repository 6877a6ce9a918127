#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "assumptions.h"
#include "core/job.h"
#include "reading.h"
#include "sweep/planned_trials.h"

namespace ksweep {

/// The trials of the grid with what the program's own cost model says of them.
struct Grid {
  std::vector<PlannedTrial> plan;
  DataFacts facts;
  std::vector<Job> jobs;                   ///< longest first
  std::vector<double> rank_bytes;          ///< (job) memory of a rank, as the program reckons
  std::vector<double> bytes_without_rows;  ///< (job) the same without the numbers of all rows
  std::vector<double> state_bytes;         ///< (job) size of a checkpoint
  std::vector<double> gradient_bytes;      ///< (job)
};

/// Time of one trial, in its parts.
struct TrialTime {
  double compute_s, one_thread_s, all_threads_s;  ///< the last two: waits for storage
  double limited_s;                               ///< time for its reads at the rate that storage has for it

  double wait_s() const { return one_thread_s + all_threads_s; }
  double unlimited_s() const { return compute_s + wait_s(); }
  double total_s() const { return std::max(unlimited_s(), limited_s); }
};

/// A cluster, divided into ranks and threads.
struct Cluster {
  int n_nodes, ranks_per_node, n_threads;
  int n_ranks() const { return n_nodes * ranks_per_node; }
};

/// What a run of the grid costs on a cluster.
struct Cost {
  Cluster cluster;
  double start_s, run_s;   ///< before the first trial; from then to the end
  double core_hours;       ///< of all cores, from the beginning to the end
  double computing_share;  ///< of the cores' time, in which they compute what one thread would have to
  double idle_share;       ///< of the ranks' time, without a trial, if none lent its cores
  double asked_per_s, limit_per_s;  ///< samples a second of all ranks, if storage had no limit; and with it
  double asked_gb_per_s;            ///< the same as bytes from storage
  double checkpoint_gb_per_s;       ///< written on average
  double messages_per_s, served_per_s;  ///< to rank 0; that it can take between its mini-batches
  std::string bottleneck;
};

/// Simulates the grid on so many nodes in the division into ranks and threads that ends first.
Cost cheapest(const Grid& grid, const Assumptions& a, const Reading& how, int n_nodes);

/// Returns how many ranks of these jobs a node's memory holds, and its cores are enough for.
int ranks_in_memory(const std::vector<double>& job_bytes, const Assumptions& a);

}  // namespace ksweep
