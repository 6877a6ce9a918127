#include "schedule/run_jobs.h"

#include "schedule/coordinator.h"
#include "schedule/post.h"
#include "schedule/worker.h"

namespace ksweep {

RunOutcome run_jobs(MPI_Comm world, std::span<const Job> jobs, const Callbacks& callbacks,
                    const std::atomic<bool>& stop_requested, const RunRules& rules) {
  int n_ranks = 1;
  MPI_Comm_size(world, &n_ranks);
  if (n_ranks == 1) return {run_alone(jobs, callbacks, stop_requested, rules)};

  const std::vector<Place> places = places_of_all(world);
  Post post(world);
  const Message end = post.rank() == 0 ? coordinate(post, places, jobs, callbacks, stop_requested, rules)
                                       : work(post, places, callbacks, stop_requested);
  const bool ranks_lost = end.ranks_lost != 0;
  if (ranks_lost)
    post.abandon();
  else
    post.close();
  if (end.fault) raise(end.fault);
  return {end.stopped ? RunEnd::stopped : RunEnd::complete, ranks_lost};
}

}  // namespace ksweep
