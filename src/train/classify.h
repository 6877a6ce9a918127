#pragma once

#include <span>
#include <vector>

#include "core/trial_result.h"
#include "data/dataset.h"
#include "train/settings.h"

namespace ksweep {

/// Implements train() for classifiers: trains a network of dense layers on the labels and measures its
/// accuracy.
std::vector<TrialResult> train_classifier(std::span<const Trial> trials, const Dataset& data,
                                          const TrainSettings& settings);

}  // namespace ksweep
