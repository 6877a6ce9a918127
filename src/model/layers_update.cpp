// Backward pass and update of a mini-batch.
#include <algorithm>

#include "kernels/matrix_product.h"
#include "model/layers_batch.h"
#include "model/parameter_rows.h"

namespace ksweep {
namespace {

ParameterRow row_of(AlignedFloats Layer::*part, Layer& layer, LayersState& state, std::size_t position,
                    std::ptrdiff_t offset) {
  float* second = state.second.empty() ? nullptr : (state.second[position].*part).data() + offset;
  return {(layer.*part).data() + offset, (state.first[position].*part).data() + offset, second};
}

}  // namespace

void LayersBatch::backward(const Layers& layers, const PenaltyRule& penalty, std::size_t first) {
  for (std::size_t i = first; i + 1 < layers.size(); ++i) set_penalty_slopes(layers[i], i, penalty);
#pragma omp parallel num_threads(n_threads())
  {
    for (std::size_t i = first + 1; i < layers.size(); ++i) {
      const Layer& layer = layers[i];
#pragma omp for schedule(static)
      for (int group = 0; group < padded(layer.n_inputs) / lanes; ++group) {
        const std::ptrdiff_t begin = std::ptrdiff_t{group} * lanes * layer.stride;
        kernels_.pack(layer.weights.data() + begin, std::min(lanes, layer.n_inputs - group * lanes),
                      layer.stride, layer.stride, steps_[i].packed.data() + begin);
      }
    }
#pragma omp for schedule(static)
    for (int slice = 0; slice < n_slices(n_samples_); ++slice)
      for (std::size_t i = layers.size() - 1; i > first; --i)
        backward_slice(layers[i], layers[i - 1], i, penalty, slice * slice_size,
                       std::min((slice + 1) * slice_size, n_samples_));
  }
}

/// Deltas of the previous layer: (deltas W^T + derivative of the penalty) times gates times derivative of its
/// activation.
void LayersBatch::backward_slice(const Layer& layer, const Layer& layer_before, std::size_t position,
                                 const PenaltyRule& penalty, int begin, int end) {
  Step& before = steps_[position - 1];
  float* const deltas = before.deltas.data() + std::ptrdiff_t{begin} * before.stride;
  kernels_.product(matrix_product(
      {end - begin, before.stride / lanes, layer.n_outputs},
      rows_of(steps_[position].deltas.data() + std::ptrdiff_t{begin} * layer.stride, layer.stride),
      packed_samples(steps_[position].packed.data(), layer.stride), deltas, before.stride));
  const std::ptrdiff_t offset = std::ptrdiff_t{begin} * before.stride,
                       count = std::ptrdiff_t{end - begin} * before.stride;
  if (penalty.kind != Penalty::none)
    for (int i = begin; i < end; ++i) add_penalty_slopes(layer_before, position - 1, penalty, i);
  if (before.gated)
    for (std::ptrdiff_t n = 0; n < count; ++n)
      deltas[n] *= before.gates[static_cast<std::size_t>(offset + n)];
  kernels_.multiply_by_slope(layer_before.shape,
                             (before.gated ? before.ungated : before.outputs).data() + offset, deltas, count);
}

void LayersBatch::update(Layers& layers, LayersState& state, const UpdateRule& rule, std::size_t first) {
  update(layers, state, rule, first, layers.size());
}

void LayersBatch::update(Layers& layers, LayersState& state, const UpdateRule& rule, std::size_t first,
                         std::size_t end) {
  const bool starts_sparse = sparse_ && first == 0 && end > 0;
  if (starts_sparse) update_sparse(layers[0], state, rule);
#pragma omp parallel num_threads(n_threads())
  {
    float* gradient = gradients_[static_cast<std::size_t>(omp_get_thread_num())].data();
    for (std::size_t i = starts_sparse ? 1 : first; i < end; ++i) {
#pragma omp for schedule(static) nowait
      for (int slice = 0; slice < n_slices(layers[i].n_inputs); ++slice)
        update_slice(layers[i], state, rule, i, slice, gradient);
    }
  }
  for (std::size_t i = first; i < end; ++i)
    if (layers[i].trains_biases) update_biases(layers[i], state, rule, i);
}

/// Each thread owns a range of inputs and sums over all samples in order.
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
  kernels_.product(matrix_product({count, layer.stride / lanes, n_samples_},
                                  columns_of(inputs_of(position) + begin, input_stride(position)),
                                  by_row(steps_[position].deltas.data(), layer.stride), gradient,
                                  layer.stride));
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

}  // namespace ksweep
