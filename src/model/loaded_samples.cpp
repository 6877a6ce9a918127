#include "model/loaded_samples.h"

#include <algorithm>
#include <cassert>

#include "base/omp_guard.h"

namespace ksweep {

LoadedSamples::LoadedSamples(const Kernels& kernels, int capacity, int stride)
    : kernels_(kernels),
      stride_(stride),
      inputs_(static_cast<std::size_t>(capacity) * static_cast<std::size_t>(stride)),
      packed_(static_cast<std::size_t>(padded(capacity)) * static_cast<std::size_t>(stride)) {}

void LoadedSamples::load(const SampleRows& rows, int n_inputs, std::span<const std::uint32_t> chosen,
                         const EpochSettings* settings, int n_threads) {
  assert(static_cast<int>(chosen.size()) <= capacity() && n_inputs <= stride_);
  const int n_samples = static_cast<int>(chosen.size());
  has_targets_ = settings && (settings->input_noise > 0 || settings->targets);
  if (has_targets_ && targets_.empty()) targets_ = AlignedFloats(inputs_.size());
  rows_.assign(chosen.begin(), chosen.end());
  OmpGuard guard;
#pragma omp parallel for num_threads(n_threads) schedule(static)
  for (int first = 0; first < n_samples; first += lanes)
    guard.run([&] {
      const int here = std::min(lanes, n_samples - first);
      for (int i = first; i < first + here; ++i) {
        const std::uint32_t row = chosen[static_cast<std::size_t>(i)];
        rows.copy(row, n_inputs, inputs_.data() + std::ptrdiff_t{i} * stride_);
        if (has_targets_) corrupt(*settings, i, row, n_inputs);
      }
      kernels_.pack(input(first), here, stride_, stride_, packed_.data() + std::ptrdiff_t{first} * stride_);
    });
  guard.rethrow();
}

/// Sets the sample's target, then adds noise to its inputs.
void LoadedSamples::corrupt(const EpochSettings& settings, int i, std::uint32_t row, int n_inputs) {
  float* const inputs = inputs_.data() + std::ptrdiff_t{i} * stride_;
  float* const target = targets_.data() + std::ptrdiff_t{i} * stride_;
  if (settings.targets)
    shift_target(*settings.targets, row, inputs, target);
  else
    std::copy_n(inputs, n_inputs, target);
  if (settings.input_noise > 0) add_noise(settings, row, {inputs, static_cast<std::size_t>(n_inputs)});
}

}  // namespace ksweep
