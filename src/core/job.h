#pragma once

#include <cstdint>
#include <vector>

namespace ksweep {

/// The unit of scheduling: one training with all trials that are read from its features.
struct Job {
  std::uint64_t training_id = 0;
  std::vector<std::uint32_t> trials;  ///< positions in the plan's trial list
  double predicted_s = 0;             ///< time on one thread of this machine
  bool resumable = true;              ///< can be interrupted and continue from a checkpoint
  double training_share = 1;  ///< training's share of the predicted time; the rest is the trials' probes
};

}  // namespace ksweep
