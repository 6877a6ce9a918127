#include "schedule/roll_call.h"

#include <unistd.h>

#include "base/process.h"
#include "schedule/collect.h"

namespace ksweep {

std::vector<Place> places_of_all(MPI_Comm comm) {
  const std::vector<int> nodes = node_of_each(comm);
  long pid = ::getpid();
  std::vector<long> pids(nodes.size());
  MPI_Allgather(&pid, 1, MPI_LONG, pids.data(), 1, MPI_LONG, comm);
  std::vector<Place> places(nodes.size());
  int rank = 0;
  MPI_Comm_rank(comm, &rank);
  for (std::size_t i = 0; i < places.size(); ++i) {
    // A rank in a container of its own has a process number that is invalid here.
    const bool visible = nodes[i] == nodes[static_cast<std::size_t>(rank)] && process_lives(pids[i]);
    places[i] = {nodes[i], visible ? pids[i] : 0};
  }
  return places;
}

RollCall::RollCall(std::vector<Place> places, double patience_s)
    : places_(std::move(places)), silent_s_(places_.size()), lost_(places_.size()), patience_s_(patience_s) {}

bool RollCall::died(std::size_t rank) const {
  return places_[rank].pid > 0 && !process_lives(places_[rank].pid);
}

std::vector<RollCall::Missing> RollCall::missing(double seconds) {
  std::vector<Missing> missing;
  for (std::size_t rank = 1; rank < places_.size(); ++rank) {  // rank 0 is this one
    if (lost_[rank]) continue;
    silent_s_[rank] += seconds;
    const bool is_dead = died(rank);
    if (!is_dead && (patience_s_ <= 0 || silent_s_[rank] <= patience_s_)) continue;
    lost_[rank] = true;
    ++n_lost_;
    missing.push_back({static_cast<int>(rank), is_dead ? RankLoss::died : RankLoss::silent});
  }
  return missing;
}

}  // namespace ksweep
