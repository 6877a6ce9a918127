#pragma once

#include <string>
#include <utility>
#include <vector>

#include "run/run_data.h"
#include "sweep/sweep.h"

namespace ksweep {

/// How this run computes its results.
struct RunFacts {
  std::string isa;
  int n_ranks = 1, n_threads = 1;
  std::string hosts;  ///< of all ranks, comma separated, without repeats
};

/// Returns everything that is needed to repeat a sweep, as root attributes of sweep.h5 (store/FORMAT.md).
std::vector<std::pair<std::string, std::string>> provenance(const Sweep& sweep, const RunData& data,
                                                            const RunFacts& facts);

/// Returns the command that started this program, quoted for a shell, with the mpirun in front if there was
/// one.
std::string command_text(int n_ranks);

}  // namespace ksweep
