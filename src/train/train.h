#pragma once

#include <span>
#include <vector>

#include "core/trial_result.h"
#include "data/dataset.h"
#include "train/settings.h"

namespace ksweep {

/// Trains one network and reads its features as each of `trials` asks; they differ only in keys that do not change
/// the training.  Returns a result for each, done or failed, without ids and places.
/// Goes on from what checkpoints.load gives, with the bits of a training that was never interrupted; what does not fit counts as
/// nothing, and times are those of all attempts.
/// Throws Interrupted when asked to stop, UserError if the data cannot serve the trial.
std::vector<TrialResult> train(std::span<const Trial> trials, const Dataset& data,
                               const TrainSettings& settings);

}  // namespace ksweep
