#pragma once

#include <functional>

#include "base/keep_going.h"
#include "base/team.h"
#include "kernels/kernels.h"
#include "train/checkpoint.h"
#include "train/epochs.h"

namespace ksweep {

/// What a training needs beside its trials and their data.
struct TrainSettings {
  const Kernels& kernels;
  const Team& team;
  bool save_weights = false;
  KeepGoing keep_going = [] { return true; };
  Checkpoints checkpoints = {};
  std::function<void(double)> tell_progress =
      {};                                ///< told the share of all mini-batches that are done; may be absent
  Checkpointer* checkpointer = nullptr;  ///< of these checkpoints: train() makes it for its parts
};

inline TrainingHooks hooks_of(const TrainSettings& settings) {
  return {settings.keep_going, settings.checkpointer, settings.tell_progress};
}

}  // namespace ksweep
