#pragma once

#include "base/pace.h"
#include "schedule/threads.h"

namespace ksweep {

/// What a rank computes with: its own threads on its own CPUs, and what ranks of its node lend it.
class Crew {
 public:
  explicit Crew(ThreadPlan plan);

  const Team& team() const { return team_.team(); }

  /// A job begins, and a piece of it has ended: the next one is done with as many threads as pay.
  void begin_job() noexcept { team_.begin_job(); }
  void keep_pace() noexcept { team_.keep_pace(); }

  /// Uses the CPUs of that rank too, from the next parallel region on: the calling thread and those that it starts
  /// from now on may run there.  To be called by the thread that runs the jobs.  If the system keeps it from those
  /// CPUs, it goes on with what it has.
  void borrow(int lender) noexcept;

 private:
  ThreadPlan plan_;
  std::vector<int> cpus_of_;  ///< ranks whose CPUs it may use
  PacedTeam team_;
};

/// CPUs of these ranks of a node, each once, in order.
std::vector<int> cpus_of(const std::vector<NodeRank>& node, const std::vector<int>& ranks);

/// Threads for one who has the CPUs of these ranks of a node to itself.  Where more threads were planned than there
/// are CPUs, each rank brings only its share of them.
int threads_for(const std::vector<NodeRank>& node, const std::vector<int>& ranks);

}  // namespace ksweep
