#pragma once

#include "train/labelled_samples.h"
#include "train/settings.h"
#include "train/trial_parts.h"

namespace ksweep {

/// Settings for training a pre-trained encoder on labels with Adam; the learning rate falls linearly to 0.
struct FineTuning {
  int epochs = 20;
  int output_epochs = 0;  ///< epochs before those, with a frozen encoder
  int batch = 100;
  double learning_rate = 1e-3;
  double dropout = 0, input_noise = 0;
  int k = 0;  ///< the k largest activations of each hidden layer are kept, also in evaluation; 0: all
  double weight_average = 0;  ///< decay of the average that is judged, see WeightAverage; 0: none
  double weight_decay = 0;    ///< decoupled: with it Adam is AdamW
  double max_norm = 0;        ///< of the incoming weights of each hidden unit; 0: no limit
  double features_rate = 1;   ///< factor of the encoder's learning rate
  bool refit = false;         ///< train again on training and validation parts, for the best number of epochs
  std::int64_t seed = 0;
};

FineTuning fine_tuning_of(const Trial& trial);

struct FineTuned {
  Accuracies accuracies;
  int best_epoch = 0;  ///< from 1, including epochs of the output layer alone; 0: none was run
};

/// Adds a softmax layer with zero weights to an encoder, trains all of it on the training part, and returns
/// the accuracies of the epoch that was best on the validation part (ties: the first; without such a part:
/// the last).  With refit, it then trains from the original encoder on both parts together up to that epoch,
/// for the accuracy on the test part only.  Throws Diverged and Interrupted.
FineTuned fine_tune(Layers encoder, const Dataset& data, const TrialParts& parts, const FineTuning& tuning,
                    const TrainSettings& settings);

}  // namespace ksweep
