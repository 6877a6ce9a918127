#pragma once

#include <mpi.h>

#include <string>
#include <vector>

namespace ksweep {

/// Location of a rank, from which processes on its node can see whether it lives.
struct Place {
  int node = 0;  ///< equal numbers for ranks on the same node
  long pid = 0;  ///< 0 if not known
};

/// Returns the place of each rank.  Collective.
std::vector<Place> places_of_all(MPI_Comm comm);

/// Why a rank counts as lost.
enum class RankLoss {
  died,   ///< its process has ended
  silent  ///< no sign of life: it hangs, or its node is lost
};

/// The coordinator's record of the ranks' signs of life.
class RollCall {
 public:
  /// patience_s: a rank that is silent for longer is lost; 0: no limit.
  RollCall(std::vector<Place> places, double patience_s);

  void heard(int rank) { silent_s_[static_cast<std::size_t>(rank)] = 0; }

  struct Missing {
    int rank;
    RankLoss why;
  };
  /// Returns ranks lost since the last call, each once.  seconds: how long this process has listened since
  /// then, without its own pauses, in which it could not receive signs of life.
  std::vector<Missing> missing(double seconds);

  bool lost(int rank) const { return lost_[static_cast<std::size_t>(rank)]; }
  int n_lost() const { return n_lost_; }

 private:
  bool died(std::size_t rank) const;

  std::vector<Place> places_;
  std::vector<double> silent_s_;  ///< (rank)
  std::vector<bool> lost_;        ///< (rank)
  double patience_s_;
  int n_lost_ = 0;
};

}  // namespace ksweep
