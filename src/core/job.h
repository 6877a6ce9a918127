#pragma once

#include <cstdint>
#include <vector>

namespace ksweep {

/// What is handed out as one piece: one training, and all trials that are read from its features.
struct Job {
  std::uint64_t training_id = 0;
  std::vector<std::uint32_t> trials;  ///< positions in the plan's trial list
  double predicted_s = 0;             ///< on one thread of this machine
  bool resumable = true;              ///< can be cut short and go on from a checkpoint
  double training_share =
      1;  ///< of the predicted time, that the training takes; the rest is the trials' probes
};

}  // namespace ksweep
