#pragma once

#include <span>
#include <vector>

#include "core/trial_result.h"
#include "data/dataset.h"
#include "train/settings.h"

namespace ksweep {

/// Implements train() for autoencoders: trains one, or a stack of them layer by layer, and probes its codes.
std::vector<TrialResult> train_autoencoder(std::span<const Trial> trials, const Dataset& data,
                                           const TrainSettings& settings);

/// Implements train() for raw inputs: probes the samples themselves.
TrialResult probe_raw(const Trial& trial, const Dataset& data, const TrainSettings& settings);

}  // namespace ksweep
