#include "train/joint_fit.h"

#include <algorithm>
#include <cmath>

#include "core/errors.h"
#include "core/trial_keys.h"
#include "train/diverged.h"
#include "train/joint_codes.h"
#include "train/schedules.h"

namespace ksweep {
namespace {

/// What holds for all mini-batches of an epoch.
struct EpochRules {
  int epoch;
  std::vector<LayerRule> rules;
  PenaltyRule penalty;
};

EpochRules rules_of_epoch(const Joint& j, int epoch) {
  const SparsityRule* rule = sparsity_rule(j.trial.kind);
  return {epoch, innermost_rule(rule, {k_of_epoch(j.trial, epoch), j.trial.lifetime, 0}, j.innermost + 1),
          penalty_rule(j.trial)};
}

struct EpochSums {
  double loss = 0;
  std::size_t active = 0;
};

/// One step; returns the mini-batch's loss, penalty included, times its samples.
double learn(Joint& j, std::span<const std::uint32_t> rows, const EpochRules& regime, LayersState& state,
             const UpdateRule& rule) {
  const Noise noise{j.trial.dropout, j.trial.input_noise, static_cast<std::uint64_t>(j.trial.seed),
                    static_cast<std::uint32_t>(regime.epoch), rows};
  const auto n_samples = static_cast<float>(rows.size());
  j.batch.load(j.data.train_samples, rows);
  j.batch.mask_inputs(noise);
  j.batch.forward(j.layers, {regime.rules, &noise});
  const double loss = j.batch.compare(j.layers, j.data.train_samples, rows, 1 / n_samples) +
                      j.batch.penalty(j.layers, regime.penalty) * static_cast<double>(rows.size());
  if (!std::isfinite(loss)) return loss;
  j.batch.backward(j.layers, regime.penalty);
  j.batch.update(j.layers, state, rule);
  return loss;
}

EpochSums run_epoch(Joint& j, LayersState& state, const EpochRules& regime,
                    std::vector<std::uint32_t>& active) {
  const std::vector<std::uint32_t> order = rows_of_epoch(j.trial, j.parts.split.train, regime.epoch);
  const auto batch_size = static_cast<std::size_t>(j.batch_size);
  const auto n_steps = static_cast<std::int64_t>((order.size() + batch_size - 1) / batch_size);
  EpochSums sums;
  for (std::int64_t step = 0; step < n_steps; ++step) {
    if (!j.settings.keep_going()) throw Interrupted();
    const auto left =
        std::span<const std::uint32_t>(order).subspan(static_cast<std::size_t>(step) * batch_size);
    const double loss = learn(j, left.first(std::min(batch_size, left.size())), regime, state,
                              update_rule(j.trial, regime.epoch * n_steps + step, j.trial.epochs * n_steps));
    if (!std::isfinite(loss)) diverge(j.trial, regime.epoch, step, loss);
    sums.loss += loss;
    sums.active += j.batch.count_active(j.innermost, active);
  }
  return sums;
}

}  // namespace

Joint::Joint(const Trial& its_trial, const Dataset& its_data, const TrialParts& its_parts,
             const TrainSettings& its_settings)
    : trial(its_trial),
      data(its_data),
      parts(its_parts),
      settings(its_settings),
      layers(initial_autoencoder_layers(trial, data.n_inputs())),
      innermost(layers.size() / 2 - 1),
      batch_size(mini_batch_size(trial.batch, parts.split.train.size())),
      batch(settings.kernels, layers, batch_size, settings.team) {}

Reconstruction reconstruction(Joint& j, const float* rows, std::span<const std::uint32_t> chosen) {
  const std::vector<LayerRule> rules = innermost_rule_of_k(reconstruction_k(j.trial), j.encoder());
  std::vector<std::uint32_t> active(static_cast<std::size_t>(j.trial.n_hidden));
  const auto batch_size = static_cast<std::size_t>(j.batch_size);
  Reconstruction result;
  std::size_t n_active = 0;
  for (std::size_t first = 0; first < chosen.size(); first += batch_size) {
    if (!j.settings.keep_going()) throw Interrupted();
    const auto part = chosen.subspan(first, std::min(batch_size, chosen.size() - first));
    j.batch.load(rows, part);
    j.batch.forward(j.layers, {rules});
    result.squared_error += 2 * j.batch.compare(j.layers, rows, part, 1);
    n_active += j.batch.count_active(j.innermost, active);
  }
  const double n_samples = static_cast<double>(chosen.size());
  result.mse = result.squared_error / (n_samples * j.data.n_inputs());
  result.l0 = static_cast<double>(n_active) / n_samples;
  return result;
}

void fit(Joint& j, Curves& curves, const std::function<void(int)>& after_epoch) {
  LayersState state = initial_state(j.layers, j.trial.optimizer);
  const double n_train = static_cast<double>(j.parts.split.train.size());
  for (int epoch = 0; epoch < j.trial.epochs; ++epoch) {
    std::vector<std::uint32_t> active(static_cast<std::size_t>(j.trial.n_hidden));
    const EpochSums sums = run_epoch(j, state, rules_of_epoch(j, epoch), active);
    const Reconstruction glance =
        reconstruction(j, j.data.train_samples, glance_at(j.parts.split.validation));
    add_epoch(j.trial, epoch,
              {sums.loss / n_train, static_cast<double>(sums.active) / n_train,
               static_cast<double>(std::ranges::count(active, 0u))},
              glance.mse, curves);
    after_epoch(epoch + 1);
  }
}

}  // namespace ksweep
