#include "train/diverged.h"

#include <cmath>

#include "core/trial_keys.h"

namespace ksweep {

void diverge(const Trial& trial, int epoch, std::int64_t batch, double loss) {
  throw Diverged{epoch + 1, "the training loss became " + std::string(std::isnan(loss) ? "NaN" : "infinite") +
                                " in epoch " + std::to_string(epoch + 1) + ", batch " +
                                std::to_string(batch + 1) + ": lower train.learning_rate (" +
                                shortest_text(trial.learning_rate) + ")"};
}

void require_finite_reconstruction(const Trial& trial, int epoch, double mse) {
  if (std::isfinite(mse)) return;
  throw Diverged{epoch + 1, "the reconstruction became " + std::string(std::isnan(mse) ? "NaN" : "infinite") +
                                " after epoch " + std::to_string(epoch + 1) +
                                ": lower train.learning_rate (" + shortest_text(trial.learning_rate) + ")"};
}

}  // namespace ksweep
