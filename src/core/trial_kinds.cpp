// Which keys apply to which kind of model, and how many activations each kind keeps.
#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <string_view>

#include "core/code_search.h"
#include "core/training_path.h"
#include "core/trial_keys.h"

namespace ksweep {
namespace {

using Affects = Key::Affects;

// Groups of kinds of models that share keys.
enum Family : unsigned {
  rules_of_k = 1,
  rules_of_lifetime = 2,
  rules_of_none = 4,
  rbms = 8,
  untrained = 16,
  pixels = 32,
  classifiers = 64,
  rules_of_prefixes = 128,
  rules_of_threshold = 256
};
enum class Encodes { largest, all };

constexpr unsigned keep_k = rules_of_k | rules_of_prefixes;
constexpr unsigned rules = keep_k | rules_of_lifetime | rules_of_threshold | rules_of_none;
constexpr unsigned baselines = untrained | pixels;

Family family(ModelKind kind) {
  switch (kind) {
#define RULE(enumerator, name, key, encodes, scope, help) \
  case ModelKind::enumerator:                             \
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

/// Returns the kinds that a key applies to; keys not listed here apply to all.  Baselines have a neutral
/// value for keys of an autoencoder, so that they take its place in a grid.
unsigned families(const std::string& key) {
  static const std::map<std::string_view, unsigned> table = {
      {"model.hidden", rules | rbms | baselines},
      {"model.k", keep_k | rules_of_threshold | baselines},
      {"model.alpha", keep_k | baselines},
      {"model.activation", rules | baselines | classifiers},
      {"model.tied", rules | baselines},
      {"model.penalty", rules | rbms | baselines},
      {"model.sparsity_weight", rules | rbms | baselines},
      {"model.sparsity_target", rules | rbms | baselines},
      {"model.sparsity_decay", rbms},
      {"model.lifetime", rules_of_lifetime},
      {"model.dropout", (rules & ~unsigned{rules_of_threshold}) | rbms | classifiers},
      {"model.input_noise", rules | classifiers},
      {"model.decoder", rules | baselines},
      {"model.pre_bias", rules},
      {"model.visible_bias", rules | rbms},
      {"model.unit_norm", rules},
      {"model.aux_units", keep_k},
      {"model.aux_weight", keep_k},
      {"model.aux_loss", keep_k},
      {"model.dead_after", keep_k},
      {"model.multi_topk", rules_of_k},
      {"model.prefixes", rules_of_prefixes},
      {"model.threshold_start", rules_of_threshold},
      {"model.bandwidth", rules_of_threshold},
      {"model.cd_steps", rbms},
      {"model.persistent", rbms},
      {"model.targets", rules},
      {"model.attraction", rules},
      {"model.repulsion", rules},
      {"model.clusters", rules},
      {"model.layers", rules | rbms | untrained | classifiers},
      {"model.training", rules},
      {"model.start_from", rules},
      {"model.output", classifiers},
      {"model.biases", classifiers},
      {"train.k_start", keep_k | baselines},
      {"train.k_schedule", keep_k | baselines},
      {"train.steps_per_epoch", classifiers},
      {"train.samples", rules | rbms | baselines},
      {"train.learning_rate_scaling", rules},
      {"train.reduction", classifiers},
      {"probe.kind", ~unsigned{classifiers}},
      {"probe.epochs", rules | rbms | untrained},
      {"probe.batch", rules | rbms | untrained},
      {"probe.learning_rate", rules | rbms | untrained},
      {"probe.dropout", rules | rbms | untrained},
      {"probe.input_noise", rules | rbms | untrained},
      {"probe.k", rules | rbms | untrained},
      {"probe.weight_average", rules | rbms | untrained},
      {"probe.weight_decay", rules | rbms | untrained},
      {"probe.max_norm", rules | rbms | untrained},
      {"probe.features_rate", rules | rbms | untrained},
      {"probe.l2", ~unsigned{classifiers}},
      {"probe.tolerance", ~unsigned{classifiers}},
      {"probe.c", ~unsigned{classifiers}},
      {"probe.neighbours", ~unsigned{classifiers}},
      {"probe.metric", ~unsigned{classifiers}},
      {"probe.refit", ~unsigned{classifiers}},
      {"probe.standardise", ~unsigned{classifiers}},
  };
  const auto found = table.find(key);
  return found == table.end() ? ~0u : found->second;
}

}  // namespace

bool concerns(const Key& key, ModelKind kind) { return (families(key.full_name()) & family(kind)) != 0; }

std::string neutral_value(const Key& key, ModelKind kind) {
  // RBMs had no penalty and no dropout in version 0.1.
  static const std::map<std::string_view, std::string_view> of_rbms = {{"model.penalty", "none"},
                                                                       {"model.sparsity_weight", "0"},
                                                                       {"model.sparsity_target", "0.05"},
                                                                       {"model.dropout", "0"}};
  if (family(kind) != rbms) return key.neutral;
  const auto found = of_rbms.find(key.full_name());
  return found == of_rbms.end() ? key.neutral : std::string(found->second);
}

bool affects_training(const Key& key, const Trial& trial) {
  return key.affects != Affects::reading ||
         (key.name == "alpha" && trial.layers != "none" && trial.training == LayerTraining::greedy);
}

bool trains_codes(ModelKind kind) { return (family(kind) & (rules | rbms)) != 0; }

bool encodes_all(ModelKind kind) {
  switch (kind) {
#define RULE(enumerator, name, key, encodes, scope, help) \
  case ModelKind::enumerator:                             \
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

int aux_units_of(const Trial& trial, int n_inputs) {
  return trial.aux_units > 0 ? trial.aux_units : std::max(1, n_inputs / 2);
}

RuleScope rule_scope(ModelKind kind) {
  switch (kind) {
#define RULE(enumerator, name, key, encodes, scope, help) \
  case ModelKind::enumerator:                             \
    return RuleScope::scope;
#include "core/sparsity_rules.def"
#undef RULE
    default:
      return RuleScope::none;
  }
}

TrainingPath training_path(const Trial& trial) {
  const RuleScope scope = rule_scope(trial.kind);
  const bool learns = trains_codes(trial.kind);
  if (learns && scope == RuleScope::none) return TrainingPath::dense;
  const bool keeps_largest = scope == RuleScope::sample && !encodes_all(trial.kind);
  if ((learns && !keeps_largest) || trial.dropout > 0) return TrainingPath::rule;
  return trial.k >= trial.n_hidden ? TrainingPath::dense : TrainingPath::largest;
}

bool searches_batch(const Trial& trial) {
  return rule_scope(trial.kind) == RuleScope::batch && trial.dropout == 0 && trial.multi_topk == 0 &&
         trial.activation != Activation::sigmoid &&
         few_are_kept(std::max(trial.k, trial.k_start), trial.n_hidden);
}

}  // namespace ksweep
