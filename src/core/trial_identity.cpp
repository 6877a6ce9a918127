// What of a trial makes it another trial.
#include <utility>

#include "core/trial_keys.h"

namespace ksweep {
namespace {

using Affects = Key::Affects;

std::string line(const Key& key, const Trial& trial) {
  return key.full_name() + " = " + value_text(key, trial) + "\n";
}

}  // namespace

bool concerns(const Key& key, ModelKind kind) {
  return key.of == Key::Of::all || (key.of == Key::Of::classifier) == (kind == ModelKind::classifier);
}

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
  if (trial.kind == ModelKind::classifier) return trial;
  const Trial neutral = default_trial();
  if (trial.penalty == Penalty::none || trial.sparsity_weight == 0) {
    trial.penalty = Penalty::none;
    trial.sparsity_weight = 0;
  }
  if (trial.penalty != Penalty::kl) trial.sparsity_target = neutral.sparsity_target;
  if (trial.kind == ModelKind::k_sparse) return trial;

  for (const Key& key : trial_keys())
    if (key.section == "train" && key.name != "seed" && key.name != "initial_scale")
      key.set(trial, key.get(neutral));
  trial.epochs = 0;
  trial.penalty = Penalty::none;
  trial.sparsity_weight = 0;
  trial.sparsity_target = neutral.sparsity_target;
  trial.probe_every = 0;
  if (trial.kind == ModelKind::random) return trial;

  trial.n_hidden = trial.k = 0;
  trial.alpha = 1;
  trial.activation = Activation::linear;
  trial.tied = true;
  trial.initial_scale = 0;
  return trial;
}

std::string specification(const Trial& trial, bool training_only) {
  std::string lines;
  for (const Key& key : trial_keys())
    if (concerns(key, trial.kind) && (!training_only || key.affects != Affects::reading))
      lines += line(key, trial);
  return lines;
}

std::string identity(const Trial& trial, bool training_only) {
  Trial with_content = trial;
  with_content.data_set = trial.data_hash;
  std::string lines;
  for (const Key& key : trial_keys())
    if (concerns(key, trial.kind) &&
        (key.affects == Affects::training || (key.affects == Affects::reading && !training_only)))
      lines += line(key, with_content);
  return lines;
}

}  // namespace ksweep
