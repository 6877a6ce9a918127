#include "train/unfold_scaling.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <tuple>

#include "base/errors.h"
#include "base/suggest.h"
#include "core/trial_keys.h"
#include "train/schedules.h"

namespace ksweep {
namespace {

std::string stated(const char* key, const Trial& trial) {
  return fmt::format("{} = {}", key, value_text(*find_key(key), trial));
}

void require_sizes(const WeightsFile& file, const Trial& trial, int n_inputs) {
  const AutoencoderWeights& weights = file.weights;
  if (weights.n_hidden != trial.n_hidden)
    throw UserError(
        "{}: has {} units, and {}: they would not fill the layer. Set model.hidden = {}, or give another file.",
        file.path.string(), weights.n_hidden, stated("model.hidden", trial), weights.n_hidden);
  if (weights.n_inputs != n_inputs)
    throw UserError(
        "{}: is of samples of {} inputs, and those of data.set = {} have {}: it cannot encode them. Give the file of an "
        "autoencoder of these samples.",
        file.path.string(), weights.n_inputs, trial.data_set, n_inputs);
}

/// Such a file takes samples as their files hold them.
void require_known_preparation(const WeightsFile& file, const Trial& trial, const InputScaling& inputs) {
  if (trial.normalise != Normalise::none && trial.normalise != Normalise::scale)
    throw UserError(
        "{}: takes samples as their files hold them, and what {} does to them cannot be put into its weights. Prepare the samples "
        "with `ksweep data export`, or use data.normalise = none or scale.",
        file.path.string(), stated("data.normalise", trial));
  if (inputs.divisor == 1 && inputs.mean.empty()) return;
  const bool hidden = trial.activation == Activation::sigmoid;
  if (!hidden && trial.decoder == Activation::linear) return;
  throw UserError(
      "{}: takes samples as their files hold them; with {}, how they are scaled (data.scale, data.normalise) cannot be put into its "
      "weights. Use linear or relu units and model.decoder = linear, or samples that need no scaling.",
      file.path.string(), stated(hidden ? "model.activation" : "model.decoder", trial));
}

/// Writes the biases for scaled samples.  The hidden one also takes what the visible one loses by rounding.
void unfold_biases(const InputScaling& inputs, bool pre_bias, AutoencoderWeights& weights) {
  const double factor = static_cast<double>(inputs.factor) / inputs.divisor;
  const auto n_inputs = static_cast<std::size_t>(weights.n_inputs);
  std::vector<double> moved(n_inputs);  // what the hidden bias has to make up for
  for (std::size_t i = 0; i < n_inputs; ++i) {
    const double mean = inputs.mean.empty() ? 0 : static_cast<double>(inputs.mean[i]) * inputs.divisor;
    const double bias = (static_cast<double>(weights.visible_bias[i]) - mean) * factor;
    weights.visible_bias[i] = static_cast<float>(bias);
    moved[i] = (pre_bias ? static_cast<double>(weights.visible_bias[i]) : 0) - bias;
  }
  for (std::size_t unit = 0; unit < weights.hidden_bias.size(); ++unit) {
    double bias = static_cast<double>(weights.hidden_bias[unit]) * factor;
    for (std::size_t i = 0; i < n_inputs; ++i)
      bias += static_cast<double>(weights.encoder[unit * n_inputs + i]) * moved[i];
    weights.hidden_bias[unit] = static_cast<float>(bias);
  }
  for (float& threshold : weights.thresholds)
    threshold = static_cast<float>(static_cast<double>(threshold) * factor);
}

/// Equal but for the rounding of a share by which the decoder was multiplied and divided.
bool are_equal(float one, float other) {
  constexpr float rounding = 1e-6f;
  return std::abs(one - other) <= rounding * std::max(std::abs(one), std::abs(other));
}

void require_tied(const WeightsFile& file) {
  const auto& [encoder, decoder] = std::tie(file.weights.encoder, file.weights.decoder);
  const auto apart = std::ranges::mismatch(encoder, decoder, are_equal);
  if (apart.in1 == encoder.end()) return;
  const auto at = apart.in1 - encoder.begin();
  throw UserError(
      "{}: unit {} has the weight {} from input {} and {} to it, and model.tied = yes: its encoder and decoder are not one. Set "
      "model.tied = no.",
      file.path.string(), at / file.weights.n_inputs, *apart.in1, at % file.weights.n_inputs, *apart.in2);
}

void require_unit_norm(const WeightsFile& file) {
  constexpr double tolerance = 0.01;  // weights of 16 bits are off by less
  const auto n_inputs = static_cast<std::size_t>(file.weights.n_inputs);
  for (std::size_t unit = 0; unit < file.weights.hidden_bias.size(); ++unit) {
    double sum = 0;
    for (std::size_t i = 0; i < n_inputs; ++i) {
      const auto weight = static_cast<double>(file.weights.decoder[unit * n_inputs + i]);
      sum += weight * weight;
    }
    if (std::abs(std::sqrt(sum) - 1) <= tolerance) continue;
    throw UserError(
        "{}: the decoder weights of unit {} have length {:.4g}, and model.unit_norm = yes: the first step would make it 1, and the "
        "training not go on from what the file holds. Set model.unit_norm = no.",
        file.path.string(), unit, std::sqrt(sum));
  }
}

}  // namespace

AutoencoderWeights unfold_scaling(WeightsFile file, const Trial& trial, const InputScaling& inputs,
                                  int n_inputs) {
  require_sizes(file, trial, n_inputs);
  require_known_preparation(file, trial, inputs);
  AutoencoderWeights& weights = file.weights;
  const auto share = static_cast<float>(decoded_share(trial, trial.batch));
  for (float& number : weights.decoder) number /= share;
  if (trial.tied) require_tied(file);
  if (trial.unit_norm) require_unit_norm(file);
  if (trial.tied) weights.decoder = {};
  unfold_biases(inputs, trial.pre_bias, weights);
  if (trial.kind != ModelKind::jump_relu)
    weights.thresholds.clear();
  else if (weights.thresholds.empty())
    weights.thresholds.assign(static_cast<std::size_t>(weights.n_hidden),
                              static_cast<float>(trial.threshold_start));
  return std::move(file.weights);
}

std::vector<std::string> unused_of_file(const WeightsFile& file, const Trial& trial) {
  std::vector<std::string> notes;
  const auto note = [&](std::string text) { notes.push_back(file.path.string() + ": " + std::move(text)); };
  const auto differs = [&](const char* key, const char* what, const std::optional<std::string>& in_file) {
    if (in_file && *in_file != value_text(*find_key(key), trial))
      note(fmt::format(
          "is of {} {}, and is trained on with {}: it starts from the same weights, but not from the same codes",
          *in_file, what, stated(key, trial)));
  };
  if (!file.unused.empty()) note("not used: " + joined(file.unused));
  differs("model.activation", "units", file.activation);
  differs("model.decoder", "reconstructions", file.decoder_activation);
  const bool keeps_k = concerns(*find_key("model.k"), trial.kind) && trial.kind != ModelKind::jump_relu;
  if (file.k && *file.k != (keeps_k ? trial.k : 0))
    note(fmt::format("its k = {} is not used: {}", *file.k,
                     stated(keeps_k ? "model.k" : "model.kind", trial)));
  const bool has_thresholds = !file.weights.thresholds.empty();
  if (trial.kind == ModelKind::jump_relu && !has_thresholds)
    note("has no thresholds: all start at " + stated("model.threshold_start", trial));
  if (trial.kind != ModelKind::jump_relu && has_thresholds)
    note(fmt::format("its thresholds are not used: {} {}", stated("model.kind", trial),
                     keeps_k ? "measures its own after training, if it has one" : "has none"));
  return notes;
}

}  // namespace ksweep
