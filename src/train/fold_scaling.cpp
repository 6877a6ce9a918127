#include "train/fold_scaling.h"

#include <cmath>

#include "base/errors.h"
#include "core/training_path.h"
#include "core/trial_keys.h"
#include "train/activations.h"
#include "train/schedules.h"

namespace ksweep {
namespace {

bool is_scaled(const InputScaling& inputs) { return inputs.divisor != 1 || !inputs.mean.empty(); }

std::string value_of(const char* key, const Trial& trial) {
  return fmt::format("{} = {}", key, value_text(*find_key(key), trial));
}

void refuse_other_networks(const std::string& where, const TrialResult& record) {
  const Trial& trial = record.trial;
  std::string what;
  if (!record.weights.layers.empty())
    what = value_of(trial.kind == ModelKind::classifier ? "model.kind" : "model.training", trial);
  else if (record.weights.stack.size() != 1)
    what = value_of("model.layers", trial);
  else if (trial.kind == ModelKind::rbm)
    what = value_of("model.kind", trial);
  if (!what.empty())
    throw UserError(
        "{}: {}: only one encoder with its decoder can be exported, and this network is something else. Take its weights from "
        "its file in trials/ (src/store/FORMAT.md).",
        where, what);
}

void refuse_unknown_preparation(const std::string& where, const TrialResult& record) {
  const InputScaling& inputs = record.weights.inputs;
  const Normalise how = record.trial.normalise;
  if (how != Normalise::none && how != Normalise::scale)
    throw UserError(
        "{}: {}: what that does to a sample is not stored, so that the autoencoder cannot be made to take unprepared samples. "
        "Prepare them with `ksweep data export` and take the weights from its file in trials/, or train with data.normalise "
        "= scale.",
        where, value_of("data.normalise", record.trial));
  const bool has_mean = inputs.mean.size() == static_cast<std::size_t>(record.weights.stack[0].n_inputs);
  const bool known =
      inputs.divisor > 0 && inputs.factor > 0 && (how == Normalise::scale ? has_mean : inputs.mean.empty());
  if (!known)
    throw UserError(
        "{}: its record does not say how the samples were scaled, as those of earlier versions do not: what it exports would "
        "take other samples. Remove its file from trials/ and run the sweep again.",
        where);
}

/// Only activations with f(s z) = s f(z) let codes change their unit.
void refuse_sigmoids(const std::string& where, const TrialResult& record) {
  if (!is_scaled(record.weights.inputs)) return;
  const Trial& trial = record.trial;
  const bool hidden = trial.activation == Activation::sigmoid;
  if (!hidden && trial.decoder == Activation::linear) return;
  throw UserError(
      "{}: {}: with it, how the samples were scaled (data.scale, data.normalise) cannot be folded into the weights. Train with "
      "linear or relu units and model.decoder = linear, or on samples that need no scaling.",
      where, value_of(hidden ? "model.activation" : "model.decoder", trial));
}

bool encodes_by_thresholds(const Trial& trial) {
  return trial.kind == ModelKind::jump_relu || rule_scope(trial.kind) == RuleScope::batch;
}

std::vector<float> thresholds_of(const std::string& where, const TrialResult& record) {
  const AutoencoderWeights& weights = record.weights.stack[0];
  if (record.trial.kind == ModelKind::jump_relu) return weights.thresholds;
  if (!std::isfinite(record.threshold))
    throw UserError(
        "{}: its threshold was not measured, so that a sample cannot be encoded alone. Remove its file from trials/ and run the "
        "sweep again.",
        where);
  return std::vector<float>(static_cast<std::size_t>(weights.n_hidden), static_cast<float>(record.threshold));
}

/// Writes the biases for unscaled samples.  The hidden one also takes back what the visible one loses by rounding.
void fold_biases(const AutoencoderWeights& from, const InputScaling& inputs, bool pre_bias,
                 AutoencoderWeights& to) {
  const double factor = static_cast<double>(inputs.factor) / inputs.divisor;
  const auto n_inputs = static_cast<std::size_t>(from.n_inputs);
  std::vector<double> moved(n_inputs);  // what the hidden bias has to make up for
  for (std::size_t i = 0; i < n_inputs; ++i) {
    const double mean = inputs.mean.empty() ? 0 : static_cast<double>(inputs.mean[i]) * inputs.divisor;
    const double bias = static_cast<double>(from.visible_bias[i]) / factor;
    to.visible_bias[i] = static_cast<float>(bias + mean);
    moved[i] = static_cast<double>(to.visible_bias[i]) - mean - (pre_bias ? bias : 0);
  }
  for (std::size_t unit = 0; unit < from.hidden_bias.size(); ++unit) {
    double bias = static_cast<double>(from.hidden_bias[unit]) / factor;
    for (std::size_t i = 0; i < n_inputs; ++i)
      bias += static_cast<double>(from.encoder[unit * n_inputs + i]) * moved[i];
    to.hidden_bias[unit] = static_cast<float>(bias);
  }
}

}  // namespace

FoldedAutoencoder fold_scaling(const std::string& where, const TrialResult& record) {
  refuse_other_networks(where, record);
  const Trial& trial = record.trial;
  const AutoencoderWeights& from = record.weights.stack[0];
  count_layers(trial, record.weights, from.n_inputs);
  refuse_unknown_preparation(where, record);
  refuse_sigmoids(where, record);

  const InputScaling& inputs = record.weights.inputs;
  FoldedAutoencoder folded{.weights = from, .code_unit = static_cast<double>(inputs.factor) / inputs.divisor};
  AutoencoderWeights& to = folded.weights;
  if (to.decoder.empty()) to.decoder = to.encoder;
  const auto share = static_cast<float>(decoded_share(trial, trial.batch));
  for (float& number : to.decoder) number *= share;
  fold_biases(from, inputs, trial.pre_bias, to);
  to.thresholds.clear();
  if (encodes_by_thresholds(trial)) {
    folded.keeps = Keeps::above_thresholds;
    for (const float threshold : thresholds_of(where, record))
      to.thresholds.push_back(static_cast<float>(static_cast<double>(threshold) / folded.code_unit));
  } else if (!encodes_all(trial.kind)) {
    folded.keeps = Keeps::largest;
    folded.k = reconstruction_k(trial);
  }
  return folded;
}

}  // namespace ksweep
