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

/// How many threads the user wants in each rank, and by which words.
struct ThreadRequest {
  std::optional<int> threads;
  std::string source;  ///< "--threads" or "OMP_NUM_THREADS"
};

/// What --threads asks for; else the first number of OMP_NUM_THREADS; else nothing.
ThreadRequest thread_request(std::optional<int> option, const Lookup& environment);

/// One node as its ranks see it.
struct Node {
  std::vector<std::vector<int>> allowed_cpus;  ///< (rank of the node) where each may run
  int n_cpus = 1;                              ///< of the machine
  int n_ranks = 1;                             ///< of the whole program, for the commands in messages
  Launcher launcher = Launcher::none;
  Limit cpu_quota = {};  ///< of CPU time, which its ranks share
};

/// A rank of this node, as a lender of its CPUs.
struct NodeRank {
  int rank = 0;  ///< of the program
  int threads = 1;
  std::vector<int> cpus;  ///< where it may run
};

/// How many threads one rank uses.
struct ThreadPlan {
  int threads = 1;
  std::string fault;    ///< threads without CPUs to run on, and the command that helps; empty if fit
  std::string warning;  ///< a machine badly used, and the command that helps; empty if well
  int rank = 0;         ///< this one
  int most_threads = std::numeric_limits<int>::max();  ///< that the quota is worth, lent CPUs included
  std::vector<NodeRank> node_ranks =
      {};  ///< of this rank's node, itself among them; filled in by check_threads
};

/// Unasked, the CPUs that a rank may run on are divided among the ranks of the node that share any of them, and no more
/// threads are used than the quota is worth: others would wait, in the midst of a mini-batch, for time to be granted.
ThreadPlan plan_threads(const Node& node, std::size_t rank, const ThreadRequest& request);

/// Decides for this rank from what all ranks of its node may use.  Throws EnvironmentError, on every rank, if
/// it is unfit on any.  `warning` is the same on all ranks, for one of them to print.  Collective.
ThreadPlan check_threads(MPI_Comm world, const ThreadRequest& request);

}  // namespace ksweep
