// Losses of outputs, penalties of hidden activations, and their derivatives.
#include <algorithm>
#include <cassert>
#include <cmath>

#include "base/omp_guard.h"
#include "model/layers_batch.h"
#include "model/penalty.h"

namespace ksweep {

double LayersBatch::loss(const Layers& layers, Loss loss, std::span<const std::int32_t> labels, float scale) {
  assert(labels.size() == static_cast<std::size_t>(n_samples_));
#pragma omp parallel for num_threads(n_threads()) schedule(static)
  for (int i = 0; i < n_samples_; ++i)
    sample_loss_[static_cast<std::size_t>(i)] =
        compare_sample(layers.back(), loss, i, labels[static_cast<std::size_t>(i)], scale);
  return sum_of_losses();
}

double LayersBatch::loss(const Layers& layers, const SampleRows& rows, std::span<const std::uint32_t> chosen,
                         float scale) {
  assert(chosen.size() == static_cast<std::size_t>(n_samples_));
  const Layer& last = layers.back();
  if (!rows.in_memory()) targets_.resize(sample_loss_.size() * static_cast<std::size_t>(last.n_outputs));
  OmpGuard guard;
#pragma omp parallel for num_threads(n_threads()) schedule(static)
  for (int i = 0; i < n_samples_; ++i)
    guard.run([&] {
      float* const buffer = targets_.data() + std::ptrdiff_t{i} * last.n_outputs;
      const float* const target = rows.row(chosen[static_cast<std::size_t>(i)], last.n_outputs, buffer);
      sample_loss_[static_cast<std::size_t>(i)] = compare_sample(last, i, target, scale);
    });
  guard.rethrow();
  return sum_of_losses();
}

double LayersBatch::sum_of_losses() const {
  double sum = 0;
  for (int i = 0; i < n_samples_; ++i) sum += sample_loss_[static_cast<std::size_t>(i)];
  return sum;
}

/// Leaves padding zero in the deltas, and so in every gradient and weight.
double LayersBatch::compare_sample(const Layer& last, Loss loss, int sample, std::int32_t label,
                                   float scale) {
  const float* const output = outputs(sample);
  float* const delta = steps_.back().deltas.data() + std::ptrdiff_t{sample} * last.stride;
  std::copy_n(output, last.n_outputs, delta);
  double value = 0;
  if (loss == Loss::cross_entropy) {
    kernels_.softmax(delta, 1, last.stride, last.n_outputs);
    value = -std::log(static_cast<double>(delta[label]));
    delta[label] -= 1;
  } else {
    delta[label] -= 1;
    value = 0.5 * static_cast<double>(kernels_.squared_norm(delta, last.stride));
    kernels_.multiply_by_slope(last.shape, output, delta, last.stride);
  }
  for (int c = 0; c < last.n_outputs; ++c) delta[c] *= scale;
  return value;
}

double LayersBatch::compare_sample(const Layer& last, int sample, const float* target, float scale) {
  const float* const output = outputs(sample);
  float* const delta = steps_.back().deltas.data() + std::ptrdiff_t{sample} * last.stride;
  for (int c = 0; c < last.n_outputs; ++c) delta[c] = output[c] - target[c];
  const double value = 0.5 * static_cast<double>(kernels_.squared_norm(delta, last.stride));
  kernels_.multiply_by_slope(last.shape, output, delta, last.stride);
  for (int c = 0; c < last.n_outputs; ++c) delta[c] *= scale;
  return value;
}

/// Returns each unit's sum of activations over the samples in order; for l1 the sum of absolute values.
std::vector<double> LayersBatch::activation_sums(const Layer& layer, std::size_t position,
                                                 Penalty kind) const {
  const auto n_units = static_cast<std::size_t>(layer.n_outputs);
  std::vector<double> sums(n_units);
  for (int i = 0; i < n_samples_; ++i) {
    const float* const row = outputs(i, position);
    for (std::size_t unit = 0; unit < n_units; ++unit)
      sums[unit] += static_cast<double>(kind == Penalty::l1 ? std::abs(row[unit]) : row[unit]);
  }
  return sums;
}

double LayersBatch::penalty(const Layers& layers, const PenaltyRule& rule) const {
  if (rule.kind == Penalty::none) return 0;
  double total = 0;
  for (std::size_t i = 0; i + 1 < layers.size(); ++i)
    for (const double sum : activation_sums(layers[i], i, rule.kind))
      total += rule.kind == Penalty::l1 ? sum / n_samples_ : kl_divergence(rule.target, sum / n_samples_);
  return rule.weight * total;
}

void LayersBatch::set_penalty_slopes(const Layer& layer, std::size_t position, const PenaltyRule& rule) {
  if (rule.kind != Penalty::kl) return;
  AlignedFloats& slopes = steps_[position].penalty_slopes;
  if (slopes.empty()) slopes = AlignedFloats(static_cast<std::size_t>(layer.stride));
  const std::vector<double> sums = activation_sums(layer, position, rule.kind);
  for (std::size_t unit = 0; unit < sums.size(); ++unit)
    slopes[unit] = static_cast<float>(kl_slope(rule, sums[unit] / n_samples_) / n_samples_);
}

void LayersBatch::add_penalty_slopes(const Layer& layer, std::size_t position, const PenaltyRule& rule,
                                     int sample) {
  const Step& step = steps_[position];
  const float* const output = outputs(sample, position);
  float* const delta = steps_[position].deltas.data() + std::ptrdiff_t{sample} * layer.stride;
  const float l1 = rule.weight / static_cast<float>(n_samples_);
  if (rule.kind == Penalty::kl)
    for (int unit = 0; unit < layer.n_outputs; ++unit) delta[unit] += step.penalty_slopes[unit];
  if (rule.kind == Penalty::l1)
    for (int unit = 0; unit < layer.n_outputs; ++unit)
      delta[unit] += output[unit] > 0 ? l1 : output[unit] < 0 ? -l1 : 0;
}

}  // namespace ksweep
