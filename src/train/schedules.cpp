#include "train/schedules.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/trial_keys.h"

namespace ksweep {
namespace {

double rate_factor(RateSchedule schedule, double progress) {
  switch (schedule) {
    case RateSchedule::linear:
      return 1 - progress;
    case RateSchedule::cosine:
      return 0.5 * (1 + std::cos(std::numbers::pi * progress));
    case RateSchedule::constant:
      break;
  }
  return 1;
}

}  // namespace

int k_of_epoch(const Trial& trial, int epoch) {
  if (encodes_all(trial.kind)) return trial.n_hidden;
  const double falling = trial.k_schedule * trial.epochs;  // epochs
  const int start = std::min(trial.k_start, trial.n_hidden);
  if (start <= trial.k || epoch >= falling) return trial.k;
  return static_cast<int>(std::lround(start + (trial.k - start) * (epoch / falling)));
}

int reconstruction_k(const Trial& trial) { return encodes_all(trial.kind) ? trial.n_hidden : trial.k; }

int encoding_k(const Trial& trial) {
  if (encodes_all(trial.kind)) return trial.n_hidden;
  return static_cast<int>(
      std::min<double>(static_cast<double>(std::lround(trial.alpha * trial.k)), trial.n_hidden));
}

UpdateRule update_rule(const Trial& trial, std::int64_t step, std::int64_t n_steps) {
  constexpr double beta2 = 0.999, epsilon = 1e-8;  // Kingma & Ba 2015, algorithm 1
  const double progress = static_cast<double>(step) / static_cast<double>(n_steps);
  const double done = static_cast<double>(step + 1);
  return {trial.optimizer == Optimizer::adam,
          static_cast<float>(trial.learning_rate * rate_factor(trial.rate_schedule, progress)),
          static_cast<float>(trial.momentum), static_cast<float>(trial.weight_decay),
          static_cast<float>(beta2), static_cast<float>(epsilon),
          // of the decay rates as the kernels see them: rounded to single precision
          static_cast<float>(1 - std::pow(static_cast<float>(trial.momentum), done)),
          static_cast<float>(1 - std::pow(static_cast<float>(beta2), done))};
}

}  // namespace ksweep
