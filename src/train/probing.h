#pragma once

#include "core/trial_result.h"
#include "model/layers.h"
#include "train/feature_parts.h"
#include "train/settings.h"
#include "train/trial_parts.h"

namespace ksweep {

/// Runs the trial's probe on frozen features and stores its accuracies in the result.
void probe_features(const FeatureParts& features, const TrialParts& parts, const Trial& trial,
                    const Dataset& data, const TrainSettings& settings, TrialResult& result);

/// Fine-tunes the encoder as part of a classifier (probe.kind = fine-tune) and stores the accuracies in the
/// result.  If it diverges, only this trial fails, not others with the same training.
void probe_by_fine_tuning(Layers encoder, const TrialParts& parts, const Trial& trial, const Dataset& data,
                          const TrainSettings& settings, TrialResult& result);

}  // namespace ksweep
