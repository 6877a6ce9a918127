#pragma once

#include <functional>
#include <span>
#include <vector>

#include "core/team.h"
#include "core/trial_result.h"
#include "data/dataset.h"
#include "kernels/kernels.h"
#include "probe/features.h"
#include "train/checkpoint.h"
#include "train/epochs.h"

namespace ksweep {

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

/// Trains one network and reads its features as each of `trials` asks; they differ only in keys that do not change
/// the training.  Returns a result for each, done or failed, without ids and places.
/// Goes on from what checkpoints.load gives, with the bits of a training that was never interrupted; what does not fit counts as
/// nothing, and times are those of all attempts.
/// Throws Interrupted when asked to stop, UserError if the data cannot serve the trial.
std::vector<TrialResult> train(std::span<const Trial> trials, const Dataset& data,
                               const TrainSettings& settings);

}  // namespace ksweep
