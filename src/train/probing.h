#pragma once

#include "core/trial_result.h"
#include "model/layers.h"
#include "train/feature_parts.h"
#include "train/settings.h"
#include "train/trial_parts.h"

namespace ksweep {

/// What frozen features are worth to the trial's probe, as part of its result.
void probe_features(const FeatureParts& features, const TrialParts& parts, const Trial& trial,
                    const Dataset& data, const TrainSettings& settings, TrialResult& result);

/// What an encoder is worth as the beginning of a classifier (probe.kind = fine-tune), as part of the trial's result.
/// If it diverges, that is this trial's failure alone, not that of others with the same training.
void probe_by_fine_tuning(Layers encoder, const TrialParts& parts, const Trial& trial, const Dataset& data,
                          const TrainSettings& settings, TrialResult& result);

}  // namespace ksweep
