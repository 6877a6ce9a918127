#pragma once

#include "train/fit.h"

namespace ksweep {

/// Runs all epochs of contrastive divergence.  As fit(); the loss is the squared error of the fantasies, and a unit is dead that
/// is on with a probability below 1 % on average.
void fit_rbm(Training& training, Curves& curves, const TrainingHooks& hooks,
             const std::function<void(int)>& after_epoch);

}  // namespace ksweep
