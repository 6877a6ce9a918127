#pragma once

#include "core/trial_result.h"
#include "train/autoencoder.h"
#include "train/settings.h"
#include "train/trial_parts.h"

namespace ksweep {

/// Measures what a trained autoencoder is judged by without labels, on the validation part and on the test set:
/// reconstructions, activity of units, directions of the decoder, and their agreement with the truth if the data know
/// it.
/// Returns (unit) the number of validation samples in which each unit is active.
std::vector<std::uint32_t> record_measures(Autoencoder& net, const Trial& trial, const Dataset& data,
                                           const TrialParts& parts, const TrainSettings& settings,
                                           TrialResult& result);

}  // namespace ksweep
