#pragma once

#include <string>

#include "core/trial_result.h"

namespace ksweep {

/// Which activations of a sample an encoder keeps.
enum class Keeps { largest, above_thresholds, all };

/// An autoencoder of samples as their files hold them, however its trial scaled them:
///   z = activation(encoder (x - visible_bias) + hidden_bias), of which some are kept; reconstruction = decoder' z + visible_bias.
struct FoldedAutoencoder {
  AutoencoderWeights
      weights;  ///< with a decoder, tied or not, and with thresholds exactly if `keeps` is by them
  Keeps keeps = Keeps::all;
  int k = 0;             ///< how many are kept, with Keeps::largest
  double code_unit = 1;  ///< codes times this are the trial's own
};

/// Folds what was done to the samples, x' = (x / divisor - mean) * factor, into the weights of a record.  The matrices stay as they are,
/// so that rows of a decoder keep their length; codes are in the unit of the samples.  A trial without pre_bias gets the hidden bias
/// with which its inputs can have the visible one subtracted.  What dropout makes of decoded codes goes into the decoder.
///
/// where: names the record in messages.  Throws UserError unless the record is of one autoencoder with weights, and its samples'
/// preparation is known, affine, and proportional in all units.
FoldedAutoencoder fold_scaling(const std::string& where, const TrialResult& record);

}  // namespace ksweep
