#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "run/shard.h"

namespace ksweep {

/// Options that name a sweep and its data.
struct SweepOptions {
  std::filesystem::path sweep;
  std::filesystem::path output;        ///< never empty: results/NAME by default
  std::vector<std::string> overrides;  ///< --set, as given
  std::filesystem::path data_dir;      ///< empty: not given
};

struct RunOptions : SweepOptions {
  std::optional<int> threads;       ///< per rank
  std::optional<std::string> isa;   ///< instruction set of the kernels; unset: the best that all ranks have
  bool retry_failed = false;        ///< train failed trials again
  bool quiet = false;               ///< no progress display
  std::optional<int> n_ranks;       ///< number of ranks to start and supervise
  std::string mpirun;               ///< options of mpirun for these ranks
  std::optional<int> max_failures;  ///< stop when more trials have failed; unset: never
  double hang_after_s = 300;        ///< a rank silent for longer is lost; 0: never
  std::optional<double> time_limit_s;
  std::optional<double> budget_core_hours;  ///< of a race: no round begins after these; unset: no limit
  std::optional<double> memory_gb;  ///< that the ranks of a node may use; unset: what the system allows
  Shard shard;                      ///< the part of the sweep to train
  int checkpoint_interval_s = 60;   ///< 0: only before a stop
};

}  // namespace ksweep
