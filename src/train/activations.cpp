#include "train/activations.h"

#include <algorithm>
#include <numeric>

#include "base/errors.h"
#include "core/trial_keys.h"
#include "core/trial_layers.h"

namespace ksweep {
namespace {

bool is_joint(const Trial& trial, const Weights& weights) {
  return trial.kind != ModelKind::classifier && !weights.layers.empty();
}

bool holds(const std::vector<float>& numbers, int n_rows, int n_columns) {
  return numbers.size() == static_cast<std::size_t>(n_rows) * static_cast<std::size_t>(n_columns);
}

bool is_whole(const AutoencoderWeights& weights) {
  return holds(weights.encoder, weights.n_hidden, weights.n_inputs) &&
         (weights.decoder.empty() || holds(weights.decoder, weights.n_hidden, weights.n_inputs)) &&
         (weights.thresholds.empty() || holds(weights.thresholds, weights.n_hidden, 1)) &&
         holds(weights.hidden_bias, weights.n_hidden, 1) && holds(weights.visible_bias, weights.n_inputs, 1);
}

bool is_whole(const LayerWeights& weights) {
  return holds(weights.weights, weights.n_inputs, weights.n_outputs) &&
         holds(weights.biases, weights.n_outputs, 1);
}

int n_outputs(const AutoencoderWeights& weights) { return weights.n_hidden; }
int n_outputs(const LayerWeights& weights) { return weights.n_outputs; }

/// Whether each layer takes what the one below gives, the first n_inputs numbers.
template <class Layer>
bool follow(const std::vector<Layer>& layers, int n_inputs) {
  for (const Layer& layer : layers) {
    if (!is_whole(layer) || layer.n_inputs != n_inputs) return false;
    n_inputs = n_outputs(layer);
  }
  return true;
}

bool fit(const Trial& trial, const Weights& weights, int n_inputs) {
  const bool mirrored = !is_joint(trial, weights) || weights.layers.size() % 2 == 0;
  const std::size_t n_layers = trials_of_layers(trial).size();
  const bool stacked = weights.stack.empty() || weights.stack.size() == n_layers;
  return mirrored && stacked && follow(weights.stack, n_inputs) && follow(weights.layers, n_inputs);
}

}  // namespace

int count_layers(const Trial& trial, const Weights& weights, int n_inputs) {
  if (!fit(trial, weights, n_inputs))
    throw UserError(
        "the stored weights fit neither each other nor samples of {} numbers: the record is not what ksweep writes. Remove "
        "its file and run the sweep again.",
        n_inputs);
  if (!weights.stack.empty()) return static_cast<int>(weights.stack.size());
  return static_cast<int>(is_joint(trial, weights) ? weights.layers.size() / 2 : weights.layers.size());
}

int last_hidden_layer(const Trial& trial, const Weights& weights) {
  if (!weights.stack.empty()) return static_cast<int>(weights.stack.size());
  const auto n_layers = static_cast<int>(weights.layers.size());
  return is_joint(trial, weights) ? n_layers / 2 : n_layers - 1;
}

TrainedLayer::Encoder::Encoder(const Trial& trial, const AutoencoderWeights& weights, bool keeps_all,
                               const Kernels& kernels, const Team& team)
    : network(network_of(trial, weights)),
      k(keeps_all ? network.n_hidden : encoding_k(trial)),
      batch(kernels, network, static_cast<int>(at_once), team) {}

TrainedLayer::TrainedLayer(const Trial& trial, const Weights& weights, int layer, const Kernels& kernels,
                           const Team& team) {
  const auto n_layers = static_cast<std::size_t>(layer);
  if (weights.stack.empty()) {
    layers_ = layers_of(trial, weights.layers);
    layers_.resize(n_layers);
    batch_.emplace(kernels, layers_, static_cast<int>(at_once), team);
    return;
  }
  const std::vector<Trial> trials = trials_of_layers(trial);
  for (std::size_t i = 0; i < n_layers; ++i)
    encoders_.push_back(
        std::make_unique<Encoder>(trials[i], weights.stack[i], i + 1 == n_layers, kernels, team));
}

int TrainedLayer::n_units() const {
  return encoders_.empty() ? layers_.back().n_outputs : encoders_.back()->network.n_hidden;
}

void TrainedLayer::compute(const SampleRows& rows, std::span<const std::uint32_t> chosen,
                           std::span<float> activations) {
  const auto n_samples = static_cast<int>(chosen.size());
  if (encoders_.empty()) {
    batch_->load(rows, chosen);
    batch_->forward(layers_);
    for (int i = 0; i < n_samples; ++i)
      std::copy_n(batch_->outputs(i), n_units(), activations.data() + std::ptrdiff_t{i} * n_units());
    return;
  }
  std::vector<std::uint32_t> all(chosen.size());
  std::iota(all.begin(), all.end(), 0u);
  SampleRows inputs = rows;
  std::span<const std::uint32_t> its_rows = chosen;
  for (const auto& encoder : encoders_) {
    encoder->batch.load(inputs, encoder->network.n_inputs, its_rows);
    encoder->batch.encode(encoder->network, n_samples, encoder->k);
    encoder->codes.assign(chosen.size() * static_cast<std::size_t>(encoder->network.n_hidden), 0);
    encoder->batch.write_code(encoder->codes.data());
    inputs = encoder->codes.data();
    its_rows = all;
  }
  std::ranges::copy(encoders_.back()->codes, activations.begin());
}

void each_activation(TrainedLayer& layer, const SampleRows& rows, std::size_t n_samples,
                     const std::function<void()>& between, const TakeActivations& take) {
  const auto n_units = static_cast<std::size_t>(layer.n_units());
  std::vector<std::uint32_t> chosen;
  std::vector<float> activations;
  for (std::size_t first = 0; first < n_samples; first += chosen.size()) {
    between();
    chosen.resize(std::min(TrainedLayer::at_once, n_samples - first));
    std::iota(chosen.begin(), chosen.end(), static_cast<std::uint32_t>(first));
    activations.resize(chosen.size() * n_units);
    layer.compute(rows, chosen, activations);
    take(activations);
  }
}

}  // namespace ksweep
