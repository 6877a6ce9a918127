#pragma once

#include <mpi.h>

#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/control_groups.h"
#include "schedule/environment.h"

namespace ksweep {

/// The number of threads per rank that the user requested, and by what.
struct ThreadRequest {
  std::optional<int> threads;
  std::string source;  ///< "--threads" or "OMP_NUM_THREADS"
};

/// Returns the value of --threads, else the first number of OMP_NUM_THREADS, else no request.
ThreadRequest thread_request(std::optional<int> option, const Lookup& environment);

/// One node from the view of its ranks.
struct Node {
  std::vector<std::vector<int>> allowed_cpus;  ///< (rank of the node) CPUs that each may use
  int n_cpus = 1;                              ///< CPUs of the machine
  int n_ranks = 1;                             ///< ranks of the whole program, for commands in messages
  Launcher launcher = Launcher::none;
  Limit cpu_quota = {};  ///< quota of CPU time that its ranks share
};

/// A rank of this node, which may lend its CPUs.
struct NodeRank {
  int rank = 0;  ///< number in the program
  int threads = 1;
  std::vector<int> cpus;  ///< CPUs that it may use
};

/// The number of threads of one rank.
struct ThreadPlan {
  int threads = 1;
  std::string fault;    ///< too few CPUs for the threads, with a command that helps; else empty
  std::string warning;  ///< bad use of the machine, with a command that helps; empty if it is used well
  int rank = 0;         ///< this one
  int most_threads = std::numeric_limits<int>::max();  ///< limit from the quota, including lent CPUs
  std::vector<NodeRank> node_ranks = {};  ///< ranks of this node, including this one; set by check_threads
};

/// Plans the threads of a rank.  By default its CPUs are divided among the ranks of the node that share any
/// of them, and the quota limits the threads: more would be paused in the middle of a mini-batch.
ThreadPlan plan_threads(const Node& node, std::size_t rank, const ThreadRequest& request);

/// Plans the threads of this rank from the CPUs of all ranks of its node.  Throws EnvironmentError on every
/// rank if any has a fault.  `warning` is the same on all ranks, so that one of them can print it.
/// Collective.
ThreadPlan check_threads(MPI_Comm world, const ThreadRequest& request);

}  // namespace ksweep
