#pragma once

#include <mpi.h>

#include <string>
#include <vector>

namespace ksweep {

/// Where a rank is: enough to see from its own node that it has died.
struct Place {
  int node = 0;  ///< equal numbers for ranks on the same node
  long pid = 0;  ///< 0 if not known
};

/// Of each rank.  Collective.
std::vector<Place> places_of_all(MPI_Comm comm);

/// Why a rank no longer counts.
enum class RankLoss {
  died,   ///< its process is gone
  silent  ///< no sign of life: it hangs, or its node is gone
};

/// Which ranks still give signs of life, as the coordinator sees them.
class RollCall {
 public:
  /// patience_s: a rank that is silent for longer is lost; 0: for ever patient.
  RollCall(std::vector<Place> places, double patience_s);

  void heard(int rank) { silent_s_[static_cast<std::size_t>(rank)] = 0; }

  struct Missing {
    int rank;
    RankLoss why;
  };
  /// Ranks lost since the last call, each reported once.  seconds: for which this process has listened since then.
  /// Its own pauses must not count: who does not listen hears nothing.
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
