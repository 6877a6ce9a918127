#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "kernels/aligned.h"
#include "kernels/kernels.h"
#include "model/epoch_settings.h"

namespace ksweep {

/// The samples of a mini-batch: what the network sees, and what it is to reconstruct.
class LoadedSamples {
 public:
  /// stride: numbers of a padded sample.  The kernels must outlive the object.
  LoadedSamples(const Kernels& kernels, int capacity, int stride);

  /// Takes rows of a data set, n_inputs numbers each.  settings: what training does to them on the way in; null: nothing.
  void load(const float* rows, int n_inputs, std::span<const std::uint32_t> chosen,
            const EpochSettings* settings, int n_threads);

  int capacity() const { return static_cast<int>(inputs_.size() / static_cast<std::size_t>(stride_)); }

  /// `stride` numbers, the padding zero.
  const float* input(int i) const { return inputs_.data() + std::ptrdiff_t{i} * stride_; }

  /// The same: the input without noise, or what EpochSettings::targets make of it.
  const float* target(int i) const {
    return (has_targets_ ? targets_ : inputs_).data() + std::ptrdiff_t{i} * stride_;
  }

  /// The inputs, `lanes` side by side: (group x stride x lanes).
  const float* packed() const { return packed_.data(); }

  /// Row of the data set.
  std::uint32_t row(int i) const { return rows_[static_cast<std::size_t>(i)]; }

 private:
  void corrupt(const EpochSettings& settings, int i, std::uint32_t row, int n_inputs);

  const Kernels& kernels_;
  int stride_;
  bool has_targets_ = false;
  std::vector<std::uint32_t> rows_;
  AlignedFloats inputs_;   // (capacity x stride)
  AlignedFloats targets_;  // the same, once inputs are noisy or targets shifted
  AlignedFloats packed_;
};

}  // namespace ksweep
