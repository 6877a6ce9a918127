// What of a trial makes it another trial.
#include <utility>

#include "core/trial_keys.h"

namespace ksweep {
namespace {

/// Keys of other kinds of probe than the trial's.
void neutralise_probe(const Trial& neutral, Trial& trial) {
  if (trial.probe_kind != ProbeKind::softmax) {
    trial.probe_l2 = neutral.probe_l2;
    trial.probe_tolerance = neutral.probe_tolerance;
  }
  if (trial.probe_kind != ProbeKind::svm) trial.probe_c = neutral.probe_c;
  if (trial.probe_kind != ProbeKind::knn) trial.probe_neighbours = neutral.probe_neighbours;
  if (trial.probe_kind == ProbeKind::softmax || trial.probe_kind == ProbeKind::svm)
    trial.probe_metric = neutral.probe_metric;
  if (trial.probe_kind == ProbeKind::kmeans) trial.probe_refit = neutral.probe_refit;
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
  neutralise_probe(neutral, trial);
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
    if (concerns(key, trial.kind) && (!training_only || key.affects == Key::Affects::training))
      lines += key.full_name() + " = " + value_text(key, trial) + "\n";
  return lines;
}

std::string identity(const Trial& trial, bool training_only) {
  Trial with_content = trial;
  with_content.data_set = trial.data_hash;
  return specification(with_content, training_only);
}

}  // namespace ksweep
