#pragma once

#include "base/pace.h"
#include "schedule/threads.h"

namespace ksweep {

/// The threads of a rank: those on its own CPUs, and those on CPUs that ranks of its node lend.
class Crew {
 public:
  explicit Crew(ThreadPlan plan);

  const Team& team() const { return team_.team(); }

  /// Called when a job begins, and after each piece of it: adjusts the number of threads for the next piece.
  void begin_job() noexcept { team_.begin_job(); }
  void keep_pace() noexcept { team_.keep_pace(); }

  /// Also uses the CPUs of that rank, from the next parallel region on: the calling thread and those that it
  /// starts from now on may run there.  Call it on the thread that runs the jobs.  Without effect if the
  /// system denies those CPUs.
  void borrow(int lender) noexcept;

 private:
  ThreadPlan plan_;
  std::vector<int> cpus_of_;  ///< ranks whose CPUs it may use
  PacedTeam team_;
};

/// Returns the CPUs of these ranks of a node, each once, ascending.
std::vector<int> cpus_of(const std::vector<NodeRank>& node, const std::vector<int>& ranks);

/// Returns the number of threads for a rank that has the CPUs of these ranks of a node to itself.  If more
/// threads were planned than there are CPUs, each rank contributes only its share of them.
int threads_for(const std::vector<NodeRank>& node, const std::vector<int>& ranks);

}  // namespace ksweep
