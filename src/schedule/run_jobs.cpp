#include "core/errors.h"
#include "schedule/collect.h"
#include "schedule/coordinator.h"
#include "schedule/post.h"
#include "schedule/run.h"
#include "schedule/worker.h"

namespace ksweep {

RunEnd run_jobs(MPI_Comm world, std::span<const Job> jobs, const Callbacks& callbacks,
                const std::atomic<bool>& stop_requested) {
  int n_ranks = 1;
  MPI_Comm_size(world, &n_ranks);
  if (n_ranks == 1) return run_alone(jobs, callbacks, stop_requested);

  const auto nodes = node_of_each(world);
  Post post(world);
  const Message end = post.rank() == 0 ? coordinate(post, nodes, jobs, callbacks, stop_requested)
                                       : work(post, callbacks, stop_requested);
  post.close();
  if (!end.fault.empty()) throw UserError(end.fault);
  return end.stopped ? RunEnd::stopped : RunEnd::complete;
}

}  // namespace ksweep
