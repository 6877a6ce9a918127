#include "sweep/checks.h"

#include <fmt/core.h>

#include <algorithm>
#include <initializer_list>
#include <map>
#include <string>

#include "base/errors.h"
#include "core/layer_sizes.h"
#include "core/starting_file.h"
#include "core/trial_keys.h"
#include "sweep/quoting.h"

namespace ksweep {
namespace {

const Axis* axis_of(const Sweep& sweep, const std::string& key) {
  const auto found = std::ranges::find(sweep.axes, key, &Axis::key);
  return found == sweep.axes.end() ? nullptr : &*found;
}

/// Returns where the first given one of these keys stands in the sweep file; its name if none was given.
std::string where_of(const Sweep& sweep, std::initializer_list<const char*> keys) {
  for (const char* key : keys)
    if (const auto found = sweep.where.find(key); found != sweep.where.end()) return found->second;
  return sweep.name;
}

/// Returns "model.k = 64", marked if it is the default.
std::string stated(const Sweep& sweep, const Trial& trial, const std::string& key) {
  return fmt::format("{} = {}{}", key, value_text(*find_key(key), trial),
                     sweep.where.contains(key) ? "" : " (the default)");
}

/// Returns advice on how to exclude only this pair of values, if both keys are axes.
std::string leave_out(const Sweep& sweep, const Trial& trial, const std::string& one,
                      const std::string& other) {
  if (!axis_of(sweep, one) || !axis_of(sweep, other)) return "";
  const auto term = [&](const std::string& key) {
    return key + "=" + quoted(value_text(*find_key(key), trial));
  };
  return fmt::format(" Or leave such pairs out: [grid] exclude = {} & {}.", term(one), term(other));
}

bool trains(const Trial& trial) { return trains_codes(trial.kind) || trial.kind == ModelKind::classifier; }

void check_k(const Trial& trial, const Sweep& sweep) {
  if (!concerns(*find_key("model.k"), trial.kind) || trial.kind == ModelKind::raw ||
      trial.k <= trial.n_hidden)
    return;
  throw UserError("{}: {} exceeds {}: there are not that many units to keep. Lower k or widen the layer.{}",
                  where_of(sweep, {"model.k", "model.hidden"}), stated(sweep, trial, "model.k"),
                  stated(sweep, trial, "model.hidden"), leave_out(sweep, trial, "model.k", "model.hidden"));
}

/// Throws UserError for two keys whose values contradict each other.
[[noreturn]] void refuse(const Trial& trial, const Sweep& sweep, const char* key, const char* other,
                         const std::string& why) {
  throw UserError("{}: {} with {}: {}{}", where_of(sweep, {key, other}), stated(sweep, trial, key),
                  stated(sweep, trial, other), why, leave_out(sweep, trial, key, other));
}

void check_penalty(const Trial& trial, const Sweep& sweep) {
  if (trial.kind == ModelKind::rbm) return;  // sigmoid units; penalties other than kl are none of it
  const bool penalised = trains_codes(trial.kind) && concerns(*find_key("model.penalty"), trial.kind) &&
                         trial.sparsity_weight > 0;
  if (penalised && trial.penalty == Penalty::l0 && trial.kind != ModelKind::jump_relu)
    refuse(
        trial, sweep, "model.penalty", "model.kind",
        "only the thresholds of jump-relu learn by the number of active units. Set model.kind = jump-relu, or use "
        "penalty = l1.");
  if (!trains_codes(trial.kind) || trial.penalty != Penalty::kl || trial.sparsity_weight == 0) return;
  if (trial.activation == Activation::sigmoid) return;
  const char* const other = axis_of(sweep, "model.activation") ? "model.activation" : "model.kind";
  throw UserError(
      "{}: {} with {} and {}: kl compares mean activations with a target between 0 and 1, and only sigmoid units stay "
      "there. Set model.activation = sigmoid, or use penalty = l1.{}",
      where_of(sweep, {"model.penalty"}), stated(sweep, trial, "model.penalty"),
      stated(sweep, trial, "model.kind"), stated(sweep, trial, "model.activation"),
      leave_out(sweep, trial, "model.penalty", other));
}

/// Refuses what several reconstructions, or thresholds, do not go with.
void check_rule(const Trial& trial, const Sweep& sweep) {
  const int first = trial.layers == "none" ? trial.n_hidden : std::ranges::min(layer_sizes(trial.layers));
  if (trial.kind == ModelKind::matryoshka && first >> (trial.prefixes - 1) == 0)
    refuse(trial, sweep, "model.prefixes", trial.layers == "none" ? "model.hidden" : "model.layers",
           "the first prefix would have no unit. Lower the prefixes or widen the layer.");
  if (trial.kind == ModelKind::jump_relu && trial.activation != Activation::relu)
    refuse(trial, sweep, "model.kind", "model.activation",
           "its units are ReLUs with thresholds. Set model.activation = relu.");
  if (trial.multi_topk == 0 || !concerns(*find_key("model.multi_topk"), trial.kind)) return;
  if (4 * std::int64_t{trial.k} > first)
    refuse(
        trial, sweep, "model.multi_topk", "model.k",
        fmt::format(
            "its second reconstruction is from the 4 k largest, and there are {} units. Lower k or widen the "
            "layer.",
            first));
  if (trial.penalty != Penalty::none && trial.sparsity_weight > 0)
    refuse(trial, sweep, "model.multi_topk", "model.penalty",
           "a penalty is on one code, and here are two. Leave one of them out.");
}

void check_parts_of_model(const Trial& trial, const Sweep& sweep) {
  if (trial.pre_bias && trial.decoder != Activation::linear)
    refuse(trial, sweep, "model.pre_bias", "model.decoder",
           "the bias of such outputs is no point among the inputs that could be subtracted from them. Set "
           "model.decoder = linear.");
  if (trial.visible_bias == VisibleBias::mean && trial.decoder == Activation::relu)
    refuse(
        trial, sweep, "model.visible_bias", "model.decoder",
        "such outputs of the mean are not the mean. Set model.decoder = linear or sigmoid, or model.visible_bias = "
        "drawn.");
  if (trial.aux_weight > 0 && trial.activation != Activation::relu)
    refuse(trial, sweep, "model.aux_weight", "model.activation",
           "dead units are those that a ReLU switches off. Set model.activation = relu.");
  if (trial.kind == ModelKind::raw && trial.probe_kind == ProbeKind::fine_tune)
    refuse(trial, sweep, "model.kind", "probe.kind",
           "pixels have no encoder that could be trained. Use model.kind = classifier, or random.");
}

/// Refuses several layers of linear units that keep all activations, since together they are one affine map.
void check_affine(const Trial& trial, const Sweep& sweep) {
  if (trial.activation != Activation::linear) return;
  constexpr const char* cure =
      "whatever its layers, it could learn no more than one softmax layer on the inputs. Set "
      "model.activation = relu or sigmoid";
  const std::vector<int> sizes =
      trial.layers == "none" ? std::vector{trial.n_hidden} : layer_sizes(trial.layers);
  if (trial.kind == ModelKind::classifier && trial.layers != "none")
    refuse(trial, sweep, "model.activation", "model.kind",
           fmt::format("this network is affine: {}, or model.layers = none.", cure));
  const bool fine_tunes = trial.probe_kind == ProbeKind::fine_tune &&
                          concerns(*find_key("probe.epochs"), trial.kind) && trial.kind != ModelKind::rbm;
  const bool selects = trial.probe_k > 0 && trial.probe_k < std::ranges::max(sizes);
  if (fine_tunes && !selects)
    refuse(trial, sweep, "probe.kind", "model.activation",
           fmt::format("what is fine-tuned keeps all activations and so is affine: {}, or probe.k, of the "
                       "largest activations to keep, below the number of units.",
                       cure));
}

/// Refuses keys that jointly trained layers do not support.
void check_joint(const Trial& trial, const Sweep& sweep) {
  if (trial.training != LayerTraining::joint) return;
  const auto refuse_key = [&](const char* key) {
    refuse(
        trial, sweep, key, "model.training",
        fmt::format(
            "layers trained as one network have no such thing. Leave {} out, or use model.training = greedy.",
            key));
  };
  if (trial.pre_bias) refuse_key("model.pre_bias");
  if (trial.unit_norm) refuse_key("model.unit_norm");
  if (trial.aux_weight > 0) refuse_key("model.aux_weight");
  if (trial.visible_bias != VisibleBias::drawn) refuse_key("model.visible_bias");
  if (trial.targets != Targets::inputs) refuse_key("model.targets");
  if (trial.multi_topk > 0 && concerns(*find_key("model.multi_topk"), trial.kind))
    refuse_key("model.multi_topk");
  if (trial.kind == ModelKind::matryoshka || trial.kind == ModelKind::jump_relu)
    refuse(
        trial, sweep, "model.kind", "model.training",
        "layers trained as one network have neither prefixes nor thresholds. Use model.training = greedy.");
  if (trial.rate_scaling != RateScaling::none)
    refuse(trial, sweep, "train.learning_rate_scaling", "model.training",
           "layers of different sizes have one learning rate. Leave train.learning_rate_scaling out, or use "
           "model.training = greedy.");
}

/// Refuses models that are not one encoder with its decoder.  Baselines take an autoencoder's place in a grid, and start as ever.
void check_start(const Trial& trial, const Sweep& sweep) {
  if (!starts_from_file(trial.start_from) || !trains(trial)) return;
  const auto refuse_key = [&](const char* key) {
    refuse(
        trial, sweep, "model.start_from", key,
        "such a file holds one encoder with its decoder, which is no such network. Leave model.start_from out, or "
        "train an autoencoder of one layer.");
  };
  if (!concerns(*find_key("model.start_from"), trial.kind)) refuse_key("model.kind");
  if (trial.training == LayerTraining::joint) refuse_key("model.training");
  if (trial.layers != "none" && layer_sizes(trial.layers).size() > 1) refuse_key("model.layers");
}

void check_schedule(const Trial& trial, const Sweep& sweep) {
  if (trains(trial) && trial.momentum_schedule > 0 && trial.optimizer != Optimizer::sgd)
    refuse(
        trial, sweep, "train.momentum_schedule", "train.optimizer",
        "only the momentum of sgd has a schedule. Set train.optimizer = sgd, or leave train.momentum_schedule out.");
  if (trains(trial) && trial.warmup + trial.cooldown > 1)
    refuse(
        trial, sweep, "train.cooldown", "train.warmup",
        "the learning rate would fall before it has risen. Lower one of them: together they are at most 1.");
}

void check_average(const Trial& trial, const Sweep& sweep) {
  if (trial.weight_average > 0 && trial.unit_norm && concerns(*find_key("model.unit_norm"), trial.kind))
    refuse(trial, sweep, "train.weight_average", "model.unit_norm",
           "the average of weights of length 1 is shorter. Leave one of them out.");
}

void check_validation(const Trial& trial, const Sweep& sweep) {
  if (trial.n_validation >= 0 || trial.kind == ModelKind::classifier) return;
  throw UserError(
      "{}: data.validation = -1 with {}: the probe chooses its L2 strength on the validation part. Leave "
      "data.validation out, or use model.kind = classifier.{}",
      where_of(sweep, {"data.validation"}), stated(sweep, trial, "model.kind"),
      leave_out(sweep, trial, "data.validation", "model.kind"));
}

/// What a key was given for: a trial that does not look at it, and whether another one does.
struct Use {
  const Trial* idle = nullptr;
  bool serves = false;
};

/// Returns (kind) the use of a key by trials that were given another value than the default.
std::map<ModelKind, Use> uses_of(const Key& key, const Sweep& sweep, const std::vector<Trial>& effective) {
  std::map<ModelKind, Use> uses;
  const std::string fallback = value_text(key, default_trial());
  for (std::size_t i = 0; i < effective.size(); ++i) {
    const std::string asked = value_text(key, sweep.trials[i]);
    if (asked == fallback) continue;
    Use& use = uses[sweep.trials[i].kind];
    use.serves = use.serves || value_text(key, effective[i]) == asked;
    use.idle = &sweep.trials[i];
  }
  return uses;
}

/// Whether another value stands for the same: layers of one size for hidden units, adamw without decay for adam.
bool has_equivalents(const Key& key) {
  return key.full_name() == "model.layers" || key.full_name() == "train.optimizer";
}

std::string idle_text(const Key& key, const Trial& idle, const std::string& whose, const Sweep& sweep) {
  const std::string name = key.full_name();
  return fmt::format(
      "{}: {} is ignored: {} looks at it. {}", where_of(sweep, {name.c_str()}), stated(sweep, idle, name),
      whose,
      key.section == "probe"
          ? "Leave it out, or use a probe.kind that does (ksweep plan --keys shows which)."
          : fmt::format("Leave it out, or see what it goes with (ksweep plan --keys {}).", name));
}

}  // namespace

std::vector<std::string> idle_keys(const Sweep& sweep) {
  std::vector<std::string> notes;
  std::vector<Trial> effective;
  for (const Trial& trial : sweep.trials) effective.push_back(normalised(trial));
  for (const Key& key : trial_keys()) {
    if (key.section == "data" || !sweep.where.contains(key.full_name()) || has_equivalents(key)) continue;
    const auto uses = uses_of(key, sweep, effective);
    if (uses.empty()) continue;
    if (std::ranges::none_of(uses, [](const auto& use) { return use.second.serves; })) {
      notes.push_back(idle_text(key, *uses.begin()->second.idle,
                                key.section == "probe" ? "no probe or model of this sweep"
                                                       : "no model of this sweep, as its other keys are,",
                                sweep));
      continue;
    }
    for (const auto& [kind, use] : uses)
      if (!use.serves && trains_codes(kind) && concerns(key, kind))
        notes.push_back(idle_text(
            key, *use.idle, fmt::format("no model with {}", stated(sweep, *use.idle, "model.kind")), sweep));
  }
  return notes;
}

void check_sweep(const Sweep& sweep) {
  const auto has = [&](auto&& condition) { return std::ranges::any_of(sweep.trials, condition); };
  if (!has([](const Trial& trial) { return trains_codes(trial.kind); })) return;
  const bool weighed = has([](const Trial& trial) { return trial.sparsity_weight > 0; });
  const bool penalised = has([](const Trial& trial) { return trial.penalty != Penalty::none; });
  if (weighed && !penalised)
    throw UserError(
        "{}: model.sparsity_weight is above 0, but model.penalty = none: there is nothing to weigh. Set "
        "model.penalty to l1, kl or l0, or the weight to 0.",
        where_of(sweep, {"model.sparsity_weight"}));
  if (penalised && !weighed && !sweep.where.contains("model.sparsity_weight"))
    throw UserError(
        "{}: model.penalty is given, but model.sparsity_weight = 0 (the default): the penalty would count "
        "nothing. Set model.sparsity_weight, for example to 1e-3.",
        where_of(sweep, {"model.penalty"}));
}

void check_trial(const Trial& trial, const Sweep& sweep) {
  check_validation(trial, sweep);
  check_k(trial, sweep);
  check_penalty(trial, sweep);
  check_joint(trial, sweep);
  check_rule(trial, sweep);
  check_start(trial, sweep);
  check_schedule(trial, sweep);
  check_average(trial, sweep);
  check_parts_of_model(trial, sweep);
  check_affine(trial, sweep);
  if (trial.n_train > 0) check_batch(trial, static_cast<std::size_t>(trial.n_train), sweep);
}

namespace {

/// Refuses lengths of a training in samples that no mini-batch fits into, or that are more passes than a number of epochs
/// may be.
void check_samples(const Trial& trial, std::size_t n_train, const Sweep& sweep) {
  if (trial.samples == 0 || !trains_codes(trial.kind)) return;
  if (trial.samples < trial.batch)
    refuse(trial, sweep, "train.samples", "train.batch",
           "the training would end within its first mini-batch. Raise the samples or lower the batch.");
  const double most = find_key("train.epochs")->highest;
  if (static_cast<double>(trial.samples) <= most * static_cast<double>(n_train)) return;
  throw UserError("{}: {} are more than {} passes over the {} training samples (data.train). Lower it.",
                  where_of(sweep, {"train.samples"}), stated(sweep, trial, "train.samples"),
                  shortest_text(most), n_train);
}

}  // namespace

void check_batch(const Trial& trial, std::size_t n_train, const Sweep& sweep) {
  if (!trains(trial) || (trial.epochs == 0 && trial.samples == 0)) return;
  check_samples(trial, n_train, sweep);
  if (static_cast<std::size_t>(trial.batch) <= n_train) return;
  throw UserError(
      "{}: {} exceeds the {} training samples (data.train): no mini-batch could be filled. Lower the batch "
      "or use more samples.{}",
      where_of(sweep, {"train.batch", "data.train"}), stated(sweep, trial, "train.batch"), n_train,
      leave_out(sweep, trial, "train.batch", "data.train"));
}

void check_labels(const Trial& trial, int n_classes, const Sweep& sweep) {
  if (n_classes > 0) return;
  if (trial.kind == ModelKind::classifier)
    refuse(trial, sweep, "model.kind", "data.set",
           "it has no labels: there is nothing to learn. Use a labelled set.");
  if (trial.targets == Targets::classes)
    refuse(trial, sweep, "model.targets", "data.set",
           "it has no labels, and so no classes. Use a labelled set, or model.targets = clusters.");
}

}  // namespace ksweep
