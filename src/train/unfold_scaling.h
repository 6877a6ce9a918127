#pragma once

#include <string>
#include <vector>

#include "core/trial.h"
#include "data/weights_file.h"

namespace ksweep {

/// Makes of an autoencoder of samples as their files hold them the weights of this trial that do the same with its samples,
/// x' = (x / divisor - mean) * factor: the inverse of fold_scaling().  A tied trial loses the decoder.
///
/// Throws UserError that begins with the file's path unless it is as large as the trial's and its data's, the samples' preparation is
/// affine and proportional in all units, and the trial's keys hold of it (tied, unit_norm).
AutoencoderWeights unfold_scaling(WeightsFile file, const Trial& trial, const InputScaling& inputs,
                                  int n_inputs);

/// Returns what of the file the trial has no use for, one sentence each.
std::vector<std::string> unused_of_file(const WeightsFile& file, const Trial& trial);

}  // namespace ksweep
