// A record whose samples were scaled.
#pragma once

#include "core/trial_keys.h"
#include "core/trial_result.h"

namespace ksweep {

/// Two units on two inputs; the samples had the mean (10, 20) after division by 4 and the factor 8, which makes code_unit 2.
inline TrialResult scaled_record(bool pre_bias) {
  TrialResult result;
  result.trial = default_trial();
  result.trial.n_hidden = 2;
  result.trial.k = 1;
  result.trial.activation = Activation::relu;
  result.trial.normalise = Normalise::scale;
  result.trial.tied = false;
  result.trial.pre_bias = pre_bias;
  result.weights.stack = {{2, 2, {1, 2, 3, 4}, {5, 6, 7, 8}, {1, -1}, {2, 4}}};
  result.weights.inputs = {4, {10, 20}, 8};
  return result;
}

}  // namespace ksweep
