#pragma once

#include <cstdint>
#include <vector>

#include "kernels/aligned.h"
#include "kernels/kernels.h"

namespace ksweep {

/// The largest activations of each sample of a mini-batch: sample i has n_kept(i) of them, units ascending.
class LargestCode {
 public:
  explicit LargestCode(int capacity) : kept_(static_cast<std::size_t>(capacity)) {}

  /// Allocates space for k activations of each sample.
  void begin(int k);

  int width() const { return k_; }
  int n_kept(int sample) const { return kept_[static_cast<std::size_t>(sample)]; }
  const std::int32_t* units(int sample) const { return units_.data() + std::ptrdiff_t{sample} * k_; }
  const float* values(int sample) const { return values_.data() + std::ptrdiff_t{sample} * k_; }

  /// Written by the search for the largest activations.
  std::int32_t* units(int sample) { return units_.data() + std::ptrdiff_t{sample} * k_; }
  float* values(int sample) { return values_.data() + std::ptrdiff_t{sample} * k_; }
  std::int32_t* kept(int sample) { return kept_.data() + sample; }

  /// Removes activations of 0: units that a ReLU switches off are not part of the code.
  void drop_zeros(int n_samples);

 private:
  int k_ = 0;
  std::vector<std::int32_t> kept_;    // (capacity)
  AlignedArray<std::int32_t> units_;  // (capacity x k)
  AlignedFloats values_;              // (capacity x k)
};

}  // namespace ksweep
