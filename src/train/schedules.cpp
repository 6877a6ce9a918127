#include "train/schedules.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/random.h"
#include "core/training_path.h"
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

/// Returns k after `done` epochs, or mini-batches, of the `falling` over which it falls.
int k_after(const Trial& trial, double done, double falling) {
  if (encodes_all(trial.kind)) return trial.n_hidden;
  const int start = std::min(trial.k_start, trial.n_hidden);
  if (start <= trial.k || done >= falling) return trial.k;
  return static_cast<int>(std::lround(start + (trial.k - start) * (done / falling)));
}

}  // namespace

int k_of_epoch(const Trial& trial, int epoch) {
  return k_after(trial, epoch, trial.k_schedule * trial.epochs);
}

int k_of_step(const Trial& trial, const TrainingLength& length, int epoch, std::int64_t step) {
  if (trial.samples == 0) return k_of_epoch(trial, epoch);
  return k_after(trial, static_cast<double>(length.steps_before(epoch) + step),
                 trial.k_schedule * static_cast<double>(length.n_steps()));
}

EpochSettings settings_of_epoch(const Trial& trial, int epoch, int n_inputs) {
  EpochSettings settings;
  settings.k = k_of_epoch(trial, epoch);
  if (training_path(trial) == TrainingPath::rule) settings.rule = sparsity_rule(trial.kind);
  settings.lifetime = trial.lifetime;
  settings.dropout = trial.dropout;
  settings.input_noise = trial.input_noise;
  settings.seed = static_cast<std::uint64_t>(trial.seed);
  settings.epoch = static_cast<std::uint32_t>(epoch);
  settings.aux_units = trial.aux_weight > 0 ? aux_units_of(trial, n_inputs) : 0;
  settings.aux_weight = static_cast<float>(trial.aux_weight);
  settings.aux_loss = trial.aux_loss;
  settings.multi_topk = static_cast<float>(trial.multi_topk);
  if (trial.kind == ModelKind::matryoshka) settings.prefixes = trial.prefixes;
  if (trial.kind == ModelKind::jump_relu) settings.bandwidth = static_cast<float>(trial.bandwidth);
  return settings;
}

EpochSettings settings_of_rule(const Trial& trial) {
  EpochSettings settings;
  settings.k = reconstruction_k(trial);
  settings.rule = sparsity_rule(trial.kind);
  settings.lifetime = trial.lifetime;
  return settings;
}

double decoded_share(const Trial& trial, int batch_size) {
  return share_left(trial.dropout, sparsity_rule(trial.kind), {trial.k, trial.lifetime, batch_size},
                    trial.n_hidden);
}

PenaltyRule penalty_rule(const Trial& trial) {
  return {trial.penalty, static_cast<float>(trial.sparsity_weight), static_cast<float>(trial.sparsity_target),
          static_cast<float>(trial.k)};
}

int mini_batch_size(int wanted, std::size_t n_samples) {
  return std::max(1, std::min<int>(wanted, static_cast<int>(n_samples)));
}

std::vector<std::uint32_t> order_of_epoch(std::int64_t seed, std::size_t n_samples, int epoch) {
  return permutation(static_cast<std::uint32_t>(n_samples),
                     RandomStream(static_cast<std::uint64_t>(seed), Purpose::batch_order,
                                  static_cast<std::uint32_t>(epoch)));
}

std::vector<std::uint32_t> rows_of_epoch(const Trial& trial, std::span<const std::uint32_t> train,
                                         const TrainingLength& length, int epoch) {
  std::vector<std::uint32_t> order = order_of_epoch(trial.seed, train.size(), epoch);
  order.resize(static_cast<std::size_t>(length.samples_of(epoch)));
  for (std::uint32_t& row : order) row = train[row];
  return order;
}

namespace {

double momentum_of_step(const OptimizerSettings& settings, double step, double n_steps) {
  const double rising = settings.momentum_schedule * n_steps;
  if (step >= rising) return settings.momentum;
  return settings.momentum_start + (settings.momentum - settings.momentum_start) * (step / rising);
}

double scale_of_rate(const Trial& trial) {
  constexpr double units_of_rate = 1 << 14;
  return trial.rate_scaling == RateScaling::none ? 1 : std::sqrt(units_of_rate / trial.n_hidden);
}

}  // namespace

OptimizerSettings optimizer_settings(const Trial& trial) {
  return {.optimizer = trial.optimizer,
          .learning_rate = trial.learning_rate * scale_of_rate(trial),
          .schedule = trial.rate_schedule,
          .warmup = trial.warmup,
          .cooldown = trial.cooldown,
          .momentum = trial.momentum,
          .momentum_start = trial.momentum_start,
          .momentum_schedule = trial.momentum_schedule,
          .weight_decay = trial.weight_decay};
}

UpdateRule update_rule(const OptimizerSettings& settings, std::int64_t step, std::int64_t n_steps) {
  constexpr double beta2 = 0.999, epsilon = 1e-8;  // Kingma & Ba 2015, algorithm 1
  const double steps = static_cast<double>(n_steps), done = static_cast<double>(step + 1);
  const double risen = settings.warmup > 0 ? std::min(1.0, done / (settings.warmup * steps)) : 1;
  const double falling = rate_factor(settings.schedule, static_cast<double>(step) / steps);
  const double left = settings.cooldown > 0
                          ? std::min(1.0, static_cast<double>(n_steps - step) / (settings.cooldown * steps))
                          : 1;
  return {
      .optimizer = settings.optimizer,
      .rate = static_cast<float>(settings.learning_rate * falling * risen * left),
      .momentum = static_cast<float>(momentum_of_step(settings, static_cast<double>(step), steps)),
      .decay = static_cast<float>(settings.weight_decay),
      .beta2 = static_cast<float>(beta2),
      .epsilon = static_cast<float>(epsilon),
      // of the decay rates as the kernels see them: rounded to single precision
      .correction1 = static_cast<float>(1 - std::pow(static_cast<float>(settings.momentum), done)),
      .correction2 = static_cast<float>(1 - std::pow(static_cast<float>(beta2), done)),
  };
}

}  // namespace ksweep
