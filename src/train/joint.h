#pragma once

#include <span>
#include <vector>

#include "train/train.h"

namespace ksweep {

/// Trains an autoencoder of several layers as one network, its innermost layer by the trial's rule, and probes the
/// codes there.  As train(), of which it is a part.  The errors of reconstructions are those without noise and dropout.
std::vector<TrialResult> train_joint(std::span<const Trial> trials, const Dataset& data,
                                     const TrainSettings& settings);

}  // namespace ksweep
