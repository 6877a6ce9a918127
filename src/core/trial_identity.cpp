// What of a trial makes it another trial.
#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <string_view>
#include <utility>

#include "core/layer_sizes.h"
#include "core/trial_keys.h"

namespace ksweep {
namespace {
using Affects = Key::Affects;

std::string line(const Key& key, const Trial& trial) {
  return key.full_name() + " = " + value_text(key, trial) + "\n";
}

/// Only fine-tuning has epochs; it sees the encoder, not its codes, and only once.
void neutralise_fine_tuning(const Trial& neutral, Trial& trial) {
  if (trial.probe_kind == ProbeKind::fine_tune) {
    trial.probe_every = 0;
    if (trial.layers == "none") trial.alpha = neutral.alpha;
    return;
  }
  trial.probe_epochs = neutral.probe_epochs;
  trial.probe_batch = neutral.probe_batch;
  trial.probe_learning_rate = neutral.probe_learning_rate;
  trial.probe_dropout = neutral.probe_dropout;
  trial.probe_input_noise = neutral.probe_input_noise;
  trial.probe_k = neutral.probe_k;
}

/// Keys of other kinds of probe than the trial's.
void neutralise_probe(const Trial& neutral, Trial& trial) {
  if (trial.probe_kind != ProbeKind::softmax) {
    trial.probe_l2 = neutral.probe_l2;
    trial.probe_tolerance = neutral.probe_tolerance;
  }
  if (trial.probe_kind != ProbeKind::svm) trial.probe_c = neutral.probe_c;
  if (trial.probe_kind != ProbeKind::knn) trial.probe_neighbours = neutral.probe_neighbours;
  if (trial.probe_kind == ProbeKind::softmax || trial.probe_kind == ProbeKind::svm ||
      trial.probe_kind == ProbeKind::fine_tune)
    trial.probe_metric = neutral.probe_metric;
  if (trial.probe_kind == ProbeKind::kmeans || trial.probe_kind == ProbeKind::fine_tune)
    trial.probe_refit = neutral.probe_refit;
  neutralise_fine_tuning(neutral, trial);
}

// Kinds of models, as far as keys tell them apart.
enum Family : unsigned {
  rules_of_k = 1,
  rules_of_lifetime = 2,
  rules_of_none = 4,
  rbms = 8,
  untrained = 16,
  pixels = 32,
  classifiers = 64
};
enum class Encodes { largest, all };

constexpr unsigned rules = rules_of_k | rules_of_lifetime | rules_of_none;
constexpr unsigned baselines = untrained | pixels;

Family family(ModelKind kind) {
  switch (kind) {
#define RULE(enumerator, name, key, encodes, help) \
  case ModelKind::enumerator:                      \
    return rules_of_##key;
#include "core/sparsity_rules.def"
#undef RULE
    case ModelKind::rbm:
      return rbms;
    case ModelKind::random:
      return untrained;
    case ModelKind::raw:
      return pixels;
    case ModelKind::classifier:
      break;
  }
  return classifiers;
}

/// Which kinds a key means something to; keys that are not named here: all.  The baselines have the neutral value of what an
/// autoencoder has, so that they stand at its place in a grid.
unsigned families(const std::string& key) {
  static const std::map<std::string_view, unsigned> table = {
      {"model.hidden", rules | rbms | baselines},
      {"model.k", rules_of_k | baselines},
      {"model.alpha", rules_of_k | baselines},
      {"model.activation", rules | baselines | classifiers},
      {"model.tied", rules | baselines},
      {"model.penalty", rules | baselines},
      {"model.sparsity_weight", rules | baselines},
      {"model.sparsity_target", rules | baselines},
      {"model.lifetime", rules_of_lifetime},
      {"model.dropout", rules | classifiers},
      {"model.input_noise", rules | classifiers},
      {"model.decoder", rules | baselines},
      {"model.pre_bias", rules},
      {"model.unit_norm", rules},
      {"model.aux_units", rules_of_k},
      {"model.aux_weight", rules_of_k},
      {"model.cd_steps", rbms},
      {"model.targets", rules},
      {"model.attraction", rules},
      {"model.repulsion", rules},
      {"model.clusters", rules},
      {"model.layers", rules | rbms | untrained | classifiers},
      {"model.training", rules},
      {"model.output", classifiers},
      {"model.biases", classifiers},
      {"train.k_start", rules_of_k | baselines},
      {"train.k_schedule", rules_of_k | baselines},
      {"train.steps_per_epoch", classifiers},
      {"train.reduction", classifiers},
      {"probe.kind", ~unsigned{classifiers}},
      {"probe.epochs", rules | rbms | untrained},
      {"probe.batch", rules | rbms | untrained},
      {"probe.learning_rate", rules | rbms | untrained},
      {"probe.dropout", rules | rbms | untrained},
      {"probe.input_noise", rules | rbms | untrained},
      {"probe.k", rules | rbms | untrained},
      {"probe.l2", ~unsigned{classifiers}},
      {"probe.tolerance", ~unsigned{classifiers}},
      {"probe.c", ~unsigned{classifiers}},
      {"probe.neighbours", ~unsigned{classifiers}},
      {"probe.metric", ~unsigned{classifiers}},
      {"probe.refit", ~unsigned{classifiers}},
  };
  const auto found = table.find(key);
  return found == table.end() ? ~0u : found->second;
}

}  // namespace

bool concerns(const Key& key, ModelKind kind) { return (families(key.full_name()) & family(kind)) != 0; }

bool affects_training(const Key& key, const Trial& trial) {
  return key.affects != Affects::reading ||
         (key.name == "alpha" && trial.layers != "none" && trial.training == LayerTraining::greedy);
}

bool trains_codes(ModelKind kind) { return (family(kind) & (rules | rbms)) != 0; }

bool encodes_all(ModelKind kind) {
  switch (kind) {
#define RULE(enumerator, name, key, encodes, help) \
  case ModelKind::enumerator:                      \
    return Encodes::encodes == Encodes::all;
#include "core/sparsity_rules.def"
#undef RULE
    default:
      return kind == ModelKind::rbm;
  }
}

int reconstruction_k(const Trial& trial) { return encodes_all(trial.kind) ? trial.n_hidden : trial.k; }

int encoding_k(const Trial& trial) {
  if (encodes_all(trial.kind)) return trial.n_hidden;
  return static_cast<int>(
      std::min<double>(static_cast<double>(std::lround(trial.alpha * trial.k)), trial.n_hidden));
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
  if (trial.layers != "none") trial.n_hidden = layer_sizes(trial.layers).back();
  if (trial.training == LayerTraining::joint) {
    if (trial.layers == "none") trial.layers = layer_sizes_text(std::array{trial.n_hidden});
    trial.tied = false;
  } else if (layer_sizes(trial.layers).size() < 2) {
    trial.layers = "none";
  }
  if (trial.targets == Targets::inputs) trial.attraction = trial.repulsion = 0;
  if (trial.targets != Targets::clusters) trial.clusters = 0;
  if (trial.aux_weight == 0) trial.aux_units = 0;
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
  std::string lines;
  for (const Key& key : trial_keys())
    if (concerns(key, trial.kind) && key.affects != Affects::data &&
        (!training_only || affects_training(key, trial)))
      lines += line(key, with_content);
  return lines;
}

}  // namespace ksweep
