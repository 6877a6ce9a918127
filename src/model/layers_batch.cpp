#include "model/layers_batch.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace ksweep {
namespace {

// Samples lie anywhere in memory: the next ones are on their way while one is copied.
constexpr std::size_t rows_ahead = 2;
constexpr int line = 16;  // floats

void fetch(const float* row, int count) {
  for (int i = 0; i < count; i += line) __builtin_prefetch(row + i);
}

constexpr int sparse_ahead = 8;

void fetch(const LevelEntries& entries) {
  constexpr int bytes = 64;
  for (int i = 0; i < entries.count; i += bytes / 2) __builtin_prefetch(entries.index + i);
  for (int i = 0; i < entries.count; i += bytes) __builtin_prefetch(entries.level + i);
}

std::size_t widest(const Layers& layers) {
  int stride = 0;
  for (const Layer& layer : layers) stride = std::max(stride, layer.stride);
  return static_cast<std::size_t>(stride);
}

UpdateRule without_decay(UpdateRule rule) {
  rule.decay = 0;
  return rule;
}

ParameterRow row_of(AlignedFloats Layer::*part, Layer& layer, LayersState& state, std::size_t position,
                    std::ptrdiff_t offset) {
  float* second = state.second.empty() ? nullptr : (state.second[position].*part).data() + offset;
  return {(layer.*part).data() + offset, (state.first[position].*part).data() + offset, second};
}

}  // namespace

LayersBatch::LayersBatch(const Kernels& kernels, const Layers& layers, int capacity, const Team& team)
    : kernels_(kernels),
      n_inputs_(layers.front().n_inputs),
      team_(team),
      sample_loss_(static_cast<std::size_t>(capacity)) {
  for (const Layer& layer : layers) {
    const auto stride = static_cast<std::size_t>(layer.stride), size = capacity * stride;
    const std::size_t n_packed = steps_.empty() ? 0 : padded(layer.n_inputs) * stride;
    steps_.push_back({layer.stride, AlignedFloats(size), AlignedFloats(size), AlignedFloats(n_packed),
                      AlignedFloats(stride)});
  }
  gradient_size_ = slice_size * widest(layers);
}

int LayersBatch::n_threads() {
  while (static_cast<int>(gradients_.size()) < team_.n_threads()) gradients_.emplace_back(gradient_size_);
  return team_.n_threads();
}

void LayersBatch::load(const float* rows, std::span<const std::uint32_t> chosen) {
  assert(chosen.size() <= sample_loss_.size());
  n_samples_ = static_cast<int>(chosen.size());
  sparse_ = nullptr;
  if (inputs_.empty()) inputs_ = AlignedFloats(sample_loss_.size() * static_cast<std::size_t>(n_inputs_));
  const auto row = [&](std::size_t i) { return rows + std::ptrdiff_t{chosen[i]} * n_inputs_; };
#pragma omp parallel for num_threads(n_threads()) schedule(static)
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    if (i + rows_ahead < chosen.size()) fetch(row(i + rows_ahead), n_inputs_);
    std::copy_n(row(i), n_inputs_, inputs_.data() + static_cast<std::ptrdiff_t>(i) * n_inputs_);
  }
}

void LayersBatch::load(const LevelRows& rows, std::span<const std::uint32_t> chosen) {
  assert(chosen.size() <= sample_loss_.size());
  n_samples_ = static_cast<int>(chosen.size());
  sparse_ = &rows;
  sparse_rows_ = chosen;
}

void LayersBatch::forward(const Layers& layers) {
#pragma omp parallel for num_threads(n_threads()) schedule(static)
  for (int slice = 0; slice < n_slices(n_samples_); ++slice)
    for (std::size_t i = 0; i < layers.size(); ++i)
      forward_slice(layers[i], i, slice * slice_size, std::min((slice + 1) * slice_size, n_samples_));
}

void LayersBatch::forward_slice(const Layer& layer, std::size_t position, int begin, int end) {
  const std::ptrdiff_t a_row = input_stride(position);
  float* const outputs = steps_[position].outputs.data() + std::ptrdiff_t{begin} * layer.stride;
  if (position == 0 && sparse_) return forward_sparse(layer, begin, end, outputs);
  for (int i = begin; i < end; ++i)
    std::copy_n(layer.biases.data(), layer.stride, outputs + std::ptrdiff_t{i - begin} * layer.stride);
  kernels_.product({.n_rows = end - begin,
                    .n_groups = layer.stride / lanes,
                    .n_inner = layer.n_inputs,
                    .a = inputs_of(position) + begin * a_row,
                    .a_row = a_row,
                    .a_inner = 1,
                    .b = layer.weights.data(),
                    .b_inner = layer.stride,
                    .b_group = lanes,
                    .c = outputs,
                    .c_row = layer.stride,
                    .c_group = lanes,
                    .row_start = nullptr,
                    .accumulate = true});
  kernels_.activate(layer.shape, outputs, std::ptrdiff_t{end - begin} * layer.stride);
}

void LayersBatch::forward_sparse(const Layer& first, int begin, int end, float* outputs) {
  const auto row = [&](int i) { return sparse_->row(sparse_rows_[static_cast<std::size_t>(i)]); };
  for (int i = begin; i < end; ++i) {
    if (i + sparse_ahead < n_samples_) fetch(row(i + sparse_ahead));
    kernels_.gather_levels(row(i), first.weights.data(), first.stride, first.biases.data(),
                           outputs + std::ptrdiff_t{i - begin} * first.stride);
  }
  kernels_.activate(first.shape, outputs, std::ptrdiff_t{end - begin} * first.stride);
}

double LayersBatch::compare(const Layers& layers, Loss loss, std::span<const std::int32_t> labels,
                            float scale) {
  assert(labels.size() == static_cast<std::size_t>(n_samples_));
#pragma omp parallel for num_threads(n_threads()) schedule(static)
  for (int i = 0; i < n_samples_; ++i)
    sample_loss_[static_cast<std::size_t>(i)] =
        compare_sample(layers.back(), loss, i, labels[static_cast<std::size_t>(i)], scale);
  double sum = 0;
  for (int i = 0; i < n_samples_; ++i) sum += sample_loss_[static_cast<std::size_t>(i)];
  return sum;
}

/// Padding stays zero in the deltas, and so in every gradient and weight.
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

void LayersBatch::backward(const Layers& layers) {
#pragma omp parallel num_threads(n_threads())
  {
    for (std::size_t i = 1; i < layers.size(); ++i) {
      const Layer& layer = layers[i];
#pragma omp for schedule(static)
      for (int group = 0; group < padded(layer.n_inputs) / lanes; ++group) {
        const std::ptrdiff_t first = std::ptrdiff_t{group} * lanes * layer.stride;
        kernels_.pack(layer.weights.data() + first, std::min(lanes, layer.n_inputs - group * lanes),
                      layer.stride, layer.stride, steps_[i].packed.data() + first);
      }
    }
#pragma omp for schedule(static)
    for (int slice = 0; slice < n_slices(n_samples_); ++slice)
      for (std::size_t i = layers.size() - 1; i > 0; --i)
        backward_slice(layers[i], layers[i - 1].shape, i, slice * slice_size,
                       std::min((slice + 1) * slice_size, n_samples_));
  }
}

/// Deltas of the layer before: (deltas W^T) times the slope of its activation.
void LayersBatch::backward_slice(const Layer& layer, Shape before_shape, std::size_t position, int begin,
                                 int end) {
  Step& before = steps_[position - 1];
  float* const deltas = before.deltas.data() + std::ptrdiff_t{begin} * before.stride;
  kernels_.product({.n_rows = end - begin,
                    .n_groups = before.stride / lanes,
                    .n_inner = layer.n_outputs,
                    .a = steps_[position].deltas.data() + std::ptrdiff_t{begin} * layer.stride,
                    .a_row = layer.stride,
                    .a_inner = 1,
                    .b = steps_[position].packed.data(),
                    .b_inner = lanes,
                    .b_group = std::ptrdiff_t{layer.stride} * lanes,
                    .c = deltas,
                    .c_row = before.stride,
                    .c_group = lanes,
                    .row_start = nullptr,
                    .accumulate = false});
  kernels_.multiply_by_slope(before_shape, before.outputs.data() + std::ptrdiff_t{begin} * before.stride,
                             deltas, std::ptrdiff_t{end - begin} * before.stride);
}

void LayersBatch::update(Layers& layers, LayersState& state, const UpdateRule& rule) {
  if (sparse_) update_sparse(layers[0], state, rule);
#pragma omp parallel num_threads(n_threads())
  {
    float* gradient = gradients_[static_cast<std::size_t>(omp_get_thread_num())].data();
    for (std::size_t i = sparse_ ? 1 : 0; i < layers.size(); ++i) {
#pragma omp for schedule(static) nowait
      for (int slice = 0; slice < n_slices(layers[i].n_inputs); ++slice)
        update_slice(layers[i], state, rule, i, slice, gradient);
    }
  }
  for (std::size_t i = 0; i < layers.size(); ++i)
    if (layers[i].trains_biases) update_biases(layers[i], state, rule, i);
}

/// Each thread has its own inputs, and adds up all samples for them in order.
void LayersBatch::update_sparse(Layer& first, LayersState& state, const UpdateRule& rule) {
  if (sparse_gradient_.empty()) sparse_gradient_ = AlignedFloats(first.weights.size());
#pragma omp parallel num_threads(n_threads())
  {
    const int n_parts = omp_get_num_threads(), part = omp_get_thread_num();
    const int begin = n_inputs_ * part / n_parts, end = n_inputs_ * (part + 1) / n_parts;
    const std::ptrdiff_t offset = std::ptrdiff_t{begin} * first.stride;
    const int count = (end - begin) * first.stride;
    std::fill_n(sparse_gradient_.data() + offset, count, 0.0f);
    for (int i = 0; i < n_samples_; ++i) {
      const auto sample = static_cast<std::size_t>(i);
      const LevelEntries all = sparse_->row(sparse_rows_[sample]);
      kernels_.scatter_levels(n_parts == 1 ? all : part_of(all, begin, end),
                              steps_[0].deltas.data() + std::ptrdiff_t{i} * first.stride, first.stride,
                              sparse_gradient_.data());
    }
    kernels_.update(rule, row_of(&Layer::weights, first, state, 0, offset), sparse_gradient_.data() + offset,
                    count);
  }
}

/// Gradient of the weights out of a slice of inputs: inputs^T deltas, summed over samples in order.
void LayersBatch::update_slice(Layer& layer, LayersState& state, const UpdateRule& rule, std::size_t position,
                               int slice, float* gradient) {
  const int begin = slice * slice_size, count = std::min(slice_size, layer.n_inputs - begin);
  kernels_.product({.n_rows = count,
                    .n_groups = layer.stride / lanes,
                    .n_inner = n_samples_,
                    .a = inputs_of(position) + begin,
                    .a_row = 1,
                    .a_inner = input_stride(position),
                    .b = steps_[position].deltas.data(),
                    .b_inner = layer.stride,
                    .b_group = lanes,
                    .c = gradient,
                    .c_row = layer.stride,
                    .c_group = lanes,
                    .row_start = nullptr,
                    .accumulate = false});
  const std::ptrdiff_t offset = std::ptrdiff_t{begin} * layer.stride;
  kernels_.update(rule, row_of(&Layer::weights, layer, state, position, offset), gradient,
                  count * layer.stride);
}

void LayersBatch::update_biases(Layer& layer, LayersState& state, const UpdateRule& rule,
                                std::size_t position) {
  Step& step = steps_[position];
  kernels_.column_sums(step.deltas.data(), n_samples_, layer.stride, 0, layer.stride, 1,
                       step.bias_gradient.data());
  kernels_.update(without_decay(rule), row_of(&Layer::biases, layer, state, position, 0),
                  step.bias_gradient.data(), layer.stride);
}

std::int32_t LayersBatch::predicted(int sample, int n_classes) const {
  return static_cast<std::int32_t>(std::max_element(outputs(sample), outputs(sample) + n_classes) -
                                   outputs(sample));
}

}  // namespace ksweep
