#pragma once

#include <span>
#include <vector>

#include "core/trial_result.h"
#include "data/dataset.h"
#include "train/settings.h"

namespace ksweep {

/// Trains one network and probes its features for each of `trials`, which differ only in keys that do not
/// affect the training.  Returns a result for each, done or failed, without ids, host and rank.  Continues
/// from the result of checkpoints.load with the bits of an uninterrupted training; a checkpoint that does not
/// fit is ignored.  Times include all attempts.  Throws Interrupted on a stop, UserError if the data do not
/// suit the trial.
std::vector<TrialResult> train(std::span<const Trial> trials, const Dataset& data,
                               const TrainSettings& settings);

}  // namespace ksweep
