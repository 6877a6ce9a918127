#pragma once

#include <filesystem>
#include <string>

#include "run/run_book.h"
#include "run/time_limit.h"
#include "store/store.h"

namespace ksweep {

/// What a run needs in order to report why it ended.
struct Ending {
  const Store& store;
  const TimeLimit& limit;
  std::filesystem::file_time_type begin;  ///< start of the run
  int n_ranks;
  bool from_pipe;           ///< the sweep file was a pipe and cannot be read again
  std::string signal = {};  ///< the signal that stopped a rank
};

/// Prints where the results are and, if something is left to do, the command that continues as the last line.
/// A supervisor prints it in place of a rank: an mpirun that was told to end may lose what ranks print.
void print_end(const RunBook& book, RunEnd end, const Ending& ending);

/// Returns what stopped the supervisor, which passes on a signal of its own; empty if nothing did.
std::string cause_of_supervisor();

/// Prints that a rank has used up its CPU time.
void print_cpu_time_is_spent(int rank);

}  // namespace ksweep
