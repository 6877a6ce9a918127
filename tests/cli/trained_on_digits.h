#pragma once

#include <span>

#include "core/trial_keys.h"
#include "data/digits.h"
#include "kernels/isa.h"
#include "sweep/planned_trials.h"
#include "train/train.h"

namespace ksweep {

/// Returns a trial of the built-in digits that is trained in milliseconds: 60 samples with those for validation, and 20 for the test.
inline Trial trial_of_digits(int seed = 0) {
  Trial trial = default_trial();
  trial.data_hash = make_digits(60, 20).content_hash;
  trial.seed = seed;
  trial.n_train = 50;
  trial.n_validation = 10;
  trial.n_test = 20;
  trial.n_hidden = 8;
  trial.k = 2;
  trial.epochs = 1;
  return trial;
}

/// Returns its record, with weights.
inline TrialResult trained_on_digits(const Trial& trial) {
  const Team team(1);
  TrialResult result = train(std::span(&trial, 1), make_digits(60, 20),
                             {.kernels = best_kernels(), .team = team, .save_weights = true})
                           .at(0);
  result.id = trial_id(trial);
  return result;
}

}  // namespace ksweep
