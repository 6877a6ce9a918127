#pragma once

#include "train/fit.h"

namespace ksweep {

/// Runs all epochs of contrastive divergence, like fit().  The loss is the squared error of the fantasies,
/// and a unit is dead if its mean probability is below 1 %.
void fit_rbm(Training& training, Curves& curves, const TrainingHooks& hooks,
             const std::function<void(int)>& after_epoch);

}  // namespace ksweep
