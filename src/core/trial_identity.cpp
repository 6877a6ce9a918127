// Which keys tell one trial from another: normalisation and identity.
#include <fmt/core.h>

#include <array>
#include <utility>

#include "core/key_use.h"
#include "core/layer_sizes.h"
#include "core/starting_file.h"
#include "core/trial_keys.h"

namespace ksweep {
namespace {
using Affects = Key::Affects;

std::string line(const Key& key, const Trial& trial) {
  return fmt::format("{} = {}\n", key.full_name(), value_text(key, trial));
}

/// Whether the trial is what it was before the program had the key.
bool is_neutral(const Key& key, const Trial& trial) {
  const std::string neutral = neutral_value(key, trial.kind);
  return !neutral.empty() && value_text(key, trial) == neutral;
}

/// What keys without effect are set to.  Ids and stored results hold these values, so that they stay when a default moves.
Trial neutral_trial() {
  Trial trial = first_default_trial();
  trial.optimizer = Optimizer::sgd;
  trial.learning_rate = 0.01;
  trial.rate_schedule = RateSchedule::constant;
  return trial;
}

/// Sets keys of [probe] that the trial's probe does not look at to their neutral values.
void neutralise_probe(const Trial& neutral, Trial& trial) {
  for (const Key& key : trial_keys())
    if (key.section == "probe" && !looks_at(trial.probe_kind, key.name)) key.set(trial, key.get(neutral));
  // Fine-tuning sees the encoder, not its codes.
  if (trial.probe_kind == ProbeKind::fine_tune && trial.layers == "none") trial.alpha = neutral.alpha;
}

}  // namespace

Trial without_foreign_keys(Trial trial) {
  for (const Key& key : trial_keys()) {
    if (concerns(key, trial.kind)) continue;
    if (key.is_text())
      key.text(trial) = key.fallback;
    else
      key.set(trial, 0);
  }
  return trial;
}

Trial normalised(Trial trial) {
  trial = without_foreign_keys(std::move(trial));
  if (trial.optimizer == Optimizer::adamw && trial.weight_decay == 0) trial.optimizer = Optimizer::adam;
  const Trial neutral = neutral_trial();
  if (trial.momentum_schedule == 0) trial.momentum_start = neutral.momentum_start;
  if (trial.kind == ModelKind::classifier) return trial;
  neutralise_probe(neutral, trial);
  if (trial.kind == ModelKind::rbm && trial.penalty != Penalty::kl) trial.penalty = Penalty::none;
  if (trial.penalty == Penalty::none || trial.sparsity_weight == 0) {
    trial.penalty = Penalty::none;
    trial.sparsity_weight = 0;
  }
  if (trial.penalty != Penalty::kl) trial.sparsity_target = neutral.sparsity_target;
  if (trial.kind == ModelKind::rbm && trial.penalty == Penalty::none)
    trial.sparsity_decay = neutral.sparsity_decay;
  if (trial.layers != "none") trial.n_hidden = layer_sizes(trial.layers).back();
  if (trial.training == LayerTraining::joint) {
    if (trial.layers == "none") trial.layers = layer_sizes_text(std::array{trial.n_hidden});
    trial.tied = false;
  } else if (layer_sizes(trial.layers).size() < 2) {
    trial.layers = "none";
  }
  if (starts_from_file(trial.start_from)) {
    trial.initial_scale = neutral.initial_scale;
    trial.initial_weights = neutral.initial_weights;
    trial.visible_bias = neutral.visible_bias;
  }
  if (trial.targets == Targets::inputs) trial.attraction = trial.repulsion = 0;
  if (trial.targets != Targets::clusters) trial.clusters = 0;
  if (trial.aux_weight == 0) {
    trial.aux_units = 0;
    trial.aux_loss = neutral.aux_loss;
    trial.dead_after = 0;
  }
  if (trial.kind == ModelKind::jump_relu && trial.penalty != Penalty::l0) trial.k = 0;
  if (trial.samples > 0) trial.epochs = 0;
  if (trains_codes(trial.kind)) return trial;

  for (const Key& key : trial_keys())
    if (key.section == "train" && key.name != "seed" && key.name != "initial_scale" &&
        key.name != "initial_weights")
      key.set(trial, key.get(neutral));
  trial.epochs = 0;
  trial.penalty = Penalty::none;
  trial.sparsity_weight = 0;
  trial.sparsity_target = neutral.sparsity_target;
  trial.probe_every = 0;
  if (trial.kind == ModelKind::random) return trial;

  trial.n_hidden = trial.k = 0;
  trial.initial_weights = InitialWeights::normal;
  trial.alpha = 1;
  trial.activation = trial.decoder = Activation::linear;
  trial.tied = true;
  trial.initial_scale = 0;
  return trial;
}

std::string specification(const Trial& trial, bool training_only) {
  std::string lines;
  for (const Key& key : trial_keys())
    if (concerns(key, trial.kind) && (!training_only || affects_training(key, trial)))
      lines += line(key, trial);
  return lines;
}

std::string identity(const Trial& trial, bool training_only) {
  Trial with_content = trial;
  with_content.data_set = trial.data_hash;
  if (const StartingFile file = starting_file(trial.start_from); !file.content.empty())
    with_content.start_from = "@" + file.content;
  std::string lines;
  for (const Key& key : trial_keys())
    if (concerns(key, trial.kind) && key.affects != Affects::data && !is_neutral(key, trial) &&
        (!training_only || affects_training(key, trial)))
      lines += line(key, with_content);
  return lines;
}

}  // namespace ksweep
