#include "model/layers_batch.h"

#include <algorithm>
#include <cassert>
#include <numeric>

#include "base/omp_guard.h"
#include "kernels/matrix_product.h"

namespace ksweep {
namespace {

// Samples are scattered in memory: prefetches this many rows ahead of the one that is copied.
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

std::size_t widest(std::span<const Layer> layers) {
  int stride = 0;
  for (const Layer& layer : layers) stride = std::max(stride, layer.stride);
  return static_cast<std::size_t>(stride);
}

}  // namespace

LayersBatch::LayersBatch(const Kernels& kernels, std::span<const Layer> layers, int capacity,
                         const Team& team)
    : kernels_(kernels),
      n_inputs_(layers.front().n_inputs),
      team_(team),
      keeper_(team),
      sample_loss_(static_cast<std::size_t>(capacity)) {
  for (const Layer& layer : layers) {
    const auto stride = static_cast<std::size_t>(layer.stride), size = capacity * stride;
    const std::size_t n_packed = steps_.empty() ? 0 : padded(layer.n_inputs) * stride;
    Step& step = steps_.emplace_back();
    step.stride = layer.stride;
    step.outputs = AlignedFloats(size);
    step.deltas = AlignedFloats(size);
    step.packed = AlignedFloats(n_packed);
    step.bias_gradient = AlignedFloats(stride);
  }
  gradient_size_ = slice_size * widest(layers);
}

int LayersBatch::n_threads() {
  while (static_cast<int>(gradients_.size()) < team_.n_threads()) gradients_.emplace_back(gradient_size_);
  return team_.n_threads();
}

void LayersBatch::load(const SampleRows& rows, std::span<const std::uint32_t> chosen) {
  assert(chosen.size() <= sample_loss_.size());
  n_samples_ = static_cast<int>(chosen.size());
  sparse_ = nullptr;
  if (inputs_.empty()) inputs_ = AlignedFloats(sample_loss_.size() * static_cast<std::size_t>(n_inputs_));
  const float* const in_memory = rows.in_memory();
  OmpGuard guard;
#pragma omp parallel for num_threads(n_threads()) schedule(static)
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    if (in_memory && i + rows_ahead < chosen.size())
      fetch(in_memory + std::ptrdiff_t{chosen[i + rows_ahead]} * n_inputs_, n_inputs_);
    guard.run([&] {
      rows.copy(chosen[i], n_inputs_, inputs_.data() + static_cast<std::ptrdiff_t>(i) * n_inputs_);
    });
  }
  guard.rethrow();
}

void LayersBatch::load(const QuantisedRows& rows, std::span<const std::uint32_t> chosen) {
  assert(chosen.size() <= sample_loss_.size());
  n_samples_ = static_cast<int>(chosen.size());
  sparse_ = &rows;
  sparse_rows_ = chosen;
}

void LayersBatch::mask_inputs(const Noise& noise) {
  if (noise.input_noise == 0) return;
  assert(noise.rows.size() == static_cast<std::size_t>(n_samples_));
  if (sparse_) return mask_sparse_inputs(noise);
#pragma omp parallel for num_threads(n_threads()) schedule(static)
  for (int i = 0; i < n_samples_; ++i)
    zero_at_random(noise.input_noise, input_noise_stream(noise, i),
                   inputs_.data() + std::ptrdiff_t{i} * n_inputs_, n_inputs_);
}

void LayersBatch::mask_sparse_inputs(const Noise& noise) {
  const QuantisedRows& all = *sparse_;
  masked_.begin.assign(1, 0);
  masked_.index.clear();
  masked_.level.clear();
  masked_.values = all.values;
  std::vector<std::uint8_t> left(static_cast<std::size_t>(n_inputs_));
  for (int i = 0; i < n_samples_; ++i) {
    std::ranges::fill(left, std::uint8_t{1});
    zero_at_random(noise.input_noise, input_noise_stream(noise, i), left.data(), n_inputs_);
    const LevelEntries entries = all.row(sparse_rows_[static_cast<std::size_t>(i)]);
    for (int e = 0; e < entries.count; ++e) {
      if (!left[entries.index[e]]) continue;
      masked_.index.push_back(entries.index[e]);
      masked_.level.push_back(entries.level[e]);
    }
    masked_.begin.push_back(static_cast<std::uint32_t>(masked_.index.size()));
  }
  masked_rows_.resize(static_cast<std::size_t>(n_samples_));
  std::iota(masked_rows_.begin(), masked_rows_.end(), 0u);
  sparse_ = &masked_;
  sparse_rows_ = masked_rows_;
}

/// Consecutive layers without gates are computed slice by slice, while the slice is in the cache.
void LayersBatch::forward(std::span<const Layer> layers, const Gates& gates) {
  for (std::size_t first = 0, end = 0; first < layers.size(); first = end) {
    for (end = first + 1; end < layers.size() && !is_gated(end - 1, gates);) ++end;
    for (std::size_t i = first; i < end; ++i) steps_[i].gated = false;
#pragma omp parallel for num_threads(n_threads()) schedule(static)
    for (int slice = 0; slice < n_slices(n_samples_); ++slice)
      for (std::size_t i = first; i < end; ++i)
        forward_slice(layers[i], i, slice * slice_size, std::min((slice + 1) * slice_size, n_samples_));
    if (is_gated(end - 1, gates)) gate(layers[end - 1], end - 1, gates);
  }
}

void LayersBatch::forward_slice(const Layer& layer, std::size_t position, int begin, int end) {
  const std::ptrdiff_t a_row = input_stride(position);
  float* const outputs = steps_[position].outputs.data() + std::ptrdiff_t{begin} * layer.stride;
  if (position == 0 && sparse_) return forward_sparse(layer, begin, end, outputs);
  for (int i = begin; i < end; ++i)
    std::copy_n(layer.biases.data(), layer.stride, outputs + std::ptrdiff_t{i - begin} * layer.stride);
  kernels_.product(added_product({end - begin, layer.stride / lanes, layer.n_inputs},
                                 rows_of(inputs_of(position) + begin * a_row, a_row),
                                 by_row(layer.weights.data(), layer.stride), outputs, layer.stride));
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

std::int32_t LayersBatch::predicted(int sample, int n_classes) const {
  return static_cast<std::int32_t>(std::max_element(outputs(sample), outputs(sample) + n_classes) -
                                   outputs(sample));
}

}  // namespace ksweep
