#include "train/diverged.h"

#include <cmath>

#include "core/trial_keys.h"

namespace ksweep {

namespace {

/// The steps of sgd grow with the gradient; those of the other optimisers are as long whatever its scale.
std::string cure(const Trial& trial) {
  const std::string lower = "lower train.learning_rate (" + shortest_text(trial.learning_rate) + ")";
  if (trial.optimizer != Optimizer::sgd) return lower;
  return lower +
         ", or use train.optimizer = adam with train.learning_rate = 1e-3, which suits inputs of any number "
         "and scale";
}

}  // namespace

void diverge(const Trial& trial, int epoch, std::int64_t batch, double loss) {
  throw Diverged{epoch + 1, "the training loss became " + std::string(std::isnan(loss) ? "NaN" : "infinite") +
                                " in epoch " + std::to_string(epoch + 1) + ", batch " +
                                std::to_string(batch + 1) + ": " + cure(trial)};
}

void require_finite_reconstruction(const Trial& trial, int epoch, double mse) {
  if (std::isfinite(mse)) return;
  throw Diverged{epoch + 1, "the reconstruction became " + std::string(std::isnan(mse) ? "NaN" : "infinite") +
                                " after epoch " + std::to_string(epoch + 1) + ": " + cure(trial)};
}

}  // namespace ksweep
