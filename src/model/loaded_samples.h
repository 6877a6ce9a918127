#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/row_reader.h"
#include "kernels/aligned.h"
#include "kernels/kernels.h"
#include "model/epoch_settings.h"

namespace ksweep {

/// The samples of a mini-batch: the network's inputs and the targets of reconstruction.
class LoadedSamples {
 public:
  /// stride: length of a padded sample.  The kernels must outlive the object.
  LoadedSamples(const Kernels& kernels, int capacity, int stride);

  /// Loads rows of a data set, n_inputs numbers each.  settings: noise and targets of training; null: none.
  void load(const SampleRows& rows, int n_inputs, std::span<const std::uint32_t> chosen,
            const EpochSettings* settings, int n_threads);

  int capacity() const { return static_cast<int>(inputs_.size() / static_cast<std::size_t>(stride_)); }

  /// Returns the inputs of a sample: `stride` numbers, with zero padding.
  const float* input(int i) const { return inputs_.data() + std::ptrdiff_t{i} * stride_; }

  /// Returns the target of a sample: the inputs without noise, or what EpochSettings::targets makes of them.
  const float* target(int i) const {
    return (has_targets_ ? targets_ : inputs_).data() + std::ptrdiff_t{i} * stride_;
  }

  /// Returns the inputs packed for the kernels, `lanes` samples side by side: (group x stride x lanes).
  const float* packed() const { return packed_.data(); }

  /// Returns the sample's row in the data set.
  std::uint32_t row(int i) const { return rows_[static_cast<std::size_t>(i)]; }

 private:
  void corrupt(const EpochSettings& settings, int i, std::uint32_t row, int n_inputs);

  const Kernels& kernels_;
  int stride_;
  bool has_targets_ = false;
  std::vector<std::uint32_t> rows_;
  AlignedFloats inputs_;   // (capacity x stride)
  AlignedFloats targets_;  // (capacity x stride), if inputs are noisy or targets shifted
  AlignedFloats packed_;
};

}  // namespace ksweep
