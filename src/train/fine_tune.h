#pragma once

#include "train/labelled_samples.h"
#include "train/settings.h"
#include "train/trial_parts.h"

namespace ksweep {

/// How a pre-trained encoder is trained further on labels.  Adam; the learning rate falls linearly to 0.
struct FineTuning {
  int epochs = 20;
  int output_epochs = 0;  ///< before those: the output layer learns alone, the encoder as it was
  int batch = 100;
  double learning_rate = 1e-3;
  double dropout = 0, input_noise = 0;
  int k = 0;  ///< of every hidden layer, learning and read, the k largest activations are kept; 0: all
  bool refit = false;  ///< once more on training and validation parts, for as many epochs as were best
  std::int64_t seed = 0;
};

FineTuning fine_tuning_of(const Trial& trial);

struct FineTuned {
  Accuracies accuracies;
  int best_epoch = 0;  ///< from 1, those of the output layer alone counted too; 0: none was run
};

/// Adds a softmax layer, of zero weights at first, to an encoder and trains all of it on the training part.
/// Counted are the hits of the epoch that was best on the validation part (ties: the first; no such part: the last).
/// To refit: the same from the encoder on both parts together up to that epoch, of which only the hits in the test part
/// are counted.
/// Throws Diverged, and Interrupted when asked to stop.
FineTuned fine_tune(Layers encoder, const Dataset& data, const TrialParts& parts, const FineTuning& tuning,
                    const TrainSettings& settings);

}  // namespace ksweep
