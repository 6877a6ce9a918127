#pragma once

#include <functional>
#include <vector>

#include "base/keep_going.h"
#include "base/team.h"
#include "data/weights_file.h"
#include "kernels/kernels.h"
#include "train/checkpoint.h"
#include "train/epochs.h"

namespace ksweep {

/// Settings of train() beside trials and data.
struct TrainSettings {
  const Kernels& kernels;
  const Team& team;
  bool save_weights = false;
  KeepGoing keep_going = [] { return true; };
  Checkpoints checkpoints = {};
  std::function<void(double)> tell_progress =
      {};  ///< receives the share of mini-batches that are done; may be empty
  std::function<void(double)> tell_probes =
      {};  ///< receives the share of the probes after the training that are done; may be empty
  std::function<void(const std::vector<double>&)> tell_losses =
      {};                                ///< receives the training loss of each epoch so far; may be empty
  Checkpointer* checkpointer = nullptr;  ///< set by train(), for `checkpoints`
  WeightPlaces weight_places = {};       ///< of the file that a trial starts from
};

inline TrainingHooks hooks_of(const TrainSettings& settings) {
  return {settings.keep_going, settings.checkpointer, settings.tell_progress, settings.tell_losses};
}

}  // namespace ksweep
