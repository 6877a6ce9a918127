#pragma once

#include <mpi.h>

#include <functional>
#include <string>

namespace ksweep {

/// Initialises MPI, and finalises it in the destructor.  Throws EnvironmentError if the ranks were not
/// started as ranks of one program, or if this MPI does not support OpenMP threads.
class MpiSession {
 public:
  MpiSession(int& argc, char**& argv);
  MpiSession(const MpiSession&) = delete;
  MpiSession& operator=(const MpiSession&) = delete;
  /// Waits for all ranks, sleeping; so an error that only some ranks have must not lead here, see `together`.
  ~MpiSession();

  int rank() const { return rank_; }
  int n_ranks() const { return n_ranks_; }
  MPI_Comm world() const { return MPI_COMM_WORLD; }

 private:
  int rank_ = 0, n_ranks_ = 1;
};

/// Returns the text of the lowest rank that has one, on every rank; empty if none has.  Collective; sleeps
/// while waiting.
std::string first_text(MPI_Comm comm, const std::string& text);

/// Runs `work` on every rank such that a failure on one rank fails on all: what one rank throws is thrown on
/// every rank, as the same kind of fault.  Collective; `work` itself must not be.
void together(MPI_Comm comm, const std::function<void()>& work);

}  // namespace ksweep
