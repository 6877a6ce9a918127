#pragma once

#include <span>
#include <vector>

#include "core/trial_result.h"
#include "data/dataset.h"
#include "train/settings.h"

namespace ksweep {

/// Trains one network of dense layers on the labels and counts its hits.  As train(), of which it is a part.
std::vector<TrialResult> train_classifier(std::span<const Trial> trials, const Dataset& data,
                                          const TrainSettings& settings);

}  // namespace ksweep
