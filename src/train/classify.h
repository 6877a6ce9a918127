#pragma once

#include <span>
#include <vector>

#include "train/train.h"

namespace ksweep {

/// Trains one network of dense layers on the labels and counts its hits.  As train(), of which it is a part.
std::vector<TrialResult> train_classifier(std::span<const Trial> trials, const Dataset& data,
                                          const TrainSettings& settings);

}  // namespace ksweep
