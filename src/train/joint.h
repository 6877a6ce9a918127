#pragma once

#include <functional>
#include <span>
#include <vector>

#include "train/feature_parts.h"
#include "train/parts.h"
#include "train/train.h"

namespace ksweep {

/// Puts what features are worth to a trial's probe into its result.
using Probing = std::function<void(const FeatureParts&, const TrialParts&, const Trial&, TrialResult&)>;

/// Trains an autoencoder of several layers as one network, its innermost layer by the trial's rule, and probes the
/// codes there.  As train(), of which it is a part.  The errors of reconstructions are those without noise and dropout.
std::vector<TrialResult> train_joint(std::span<const Trial> trials, const Dataset& data,
                                     const TrainSettings& settings, const Probing& probing);

}  // namespace ksweep
