#pragma once

#include <span>
#include <vector>

#include "core/trial_result.h"
#include "data/dataset.h"
#include "train/settings.h"

namespace ksweep {

/// Trains an autoencoder, or a stack of them layer by layer, and probes its codes.  As train(), of which it is a part.
std::vector<TrialResult> train_autoencoder(std::span<const Trial> trials, const Dataset& data,
                                           const TrainSettings& settings);

/// Probes the samples as they are.
TrialResult probe_raw(const Trial& trial, const Dataset& data, const TrainSettings& settings);

}  // namespace ksweep
