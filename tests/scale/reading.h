#pragma once

#include <algorithm>
#include <array>

#include "assumptions.h"

namespace ksweep {

/// How the ranks read their samples: as the program does, and after each of the changes in turn.
struct Reading {
  const char* name;
  double passes_on_one_thread = 0;  ///< over the training part, by each trial
  double passes_on_all_threads = 2;
  double start_passes = 0;   ///< over all samples, before the first trial, on one thread
  bool ahead = false;        ///< in whole blocks of the files, while the trial computes
  bool stores_rows = true;   ///< keeps the numbers of all rows in memory
  bool together = false;     ///< all cores of a rank work in parallel but for the exchange of gradients
  bool own_disk = false;     ///< reads a copy that was made before
  bool once_a_node = false;  ///< the node's ranks share what is read
};

/// Passes of a trial: the mean before it trains (train/layer_training.cpp), training, the mean again for the
/// variance explained (train/evaluate.cpp), and the activity of the units (train/stack.cpp).  Of the start:
/// data/stored_set.cpp.
inline constexpr std::array<Reading, 7> readings{{
    {.name = "as it is", .passes_on_one_thread = 2, .start_passes = 4},
    {.name = "as it is, from own disks", .passes_on_one_thread = 2, .start_passes = 4, .own_disk = true},
    {.name = "1: mean and hash once for all"},
    {.name = "2: and blocks, read ahead", .ahead = true},
    {.name = "3: and an order that is computed", .ahead = true, .stores_rows = false},
    {.name = "4: and one reader a node", .ahead = true, .stores_rows = false, .once_a_node = true},
    {.name = "5: and trials on parts of mini-batches",
     .ahead = true,
     .stores_rows = false,
     .together = true,
     .once_a_node = true},
}};

/// Samples a second that each rank can have from storage.
struct Storage {
  int n_nodes, ranks_per_node, n_busy;  ///< n_busy: ranks that train
  double row_bytes;

  double limit_of_rank(const Assumptions& a, const Reading& how) const {
    const double on_node = how.once_a_node ? 1 : ranks_per_node;
    const double bytes = how.ahead ? row_bytes : std::max(row_bytes, a.read_bytes);
    const double of_node_by_bytes = 1e9 * a.node_gb_per_s / bytes / on_node;
    if (how.own_disk) return std::min(of_node_by_bytes, a.disk_reads_per_s / on_node);
    const double streams = how.once_a_node ? std::min(n_nodes, n_busy) : n_busy;
    const double by_bytes = std::min(1e9 * a.shared_gb_per_s / bytes / streams, of_node_by_bytes);
    const double by_reads = std::min(a.shared_reads_per_s / streams, a.node_reads_per_s / on_node);
    return how.ahead ? by_bytes : std::min(by_bytes, by_reads);
  }
};

}  // namespace ksweep
