#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include "base/random.h"

namespace ksweep {

/// Corruption of a mini-batch.  Which units and inputs are hit depends only on these numbers and their
/// positions, not on threads or on the rest of the mini-batch.
struct Noise {
  double dropout =
      0;  ///< share of hidden activations set to 0; the others are multiplied by 1 / (1 - dropout)
  double input_noise = 0;  ///< share of inputs set to 0
  std::uint64_t seed = 0;
  std::uint32_t epoch = 0;
  std::span<const std::uint32_t> rows;  ///< rows of the samples in the file
};

/// Sets a random share of numbers to 0.
template <class Number>
void zero_at_random(double share, RandomStream stream, Number* numbers, int count) {
  const auto threshold = static_cast<std::uint32_t>(share * 0x1p32);
  std::array<std::uint32_t, 64> words;
  for (int first = 0; first < count; first += 64) {
    const int n = std::min(64, count - first);
    stream.fill(std::span(words).first(static_cast<std::size_t>(n)));
    for (int i = 0; i < n; ++i)
      numbers[first + i] = words[static_cast<std::size_t>(i)] < threshold ? Number{0} : numbers[first + i];
  }
}

inline RandomStream input_noise_stream(const Noise& noise, int sample) {
  return {noise.seed, Purpose::input_noise, noise.epoch, noise.rows[static_cast<std::size_t>(sample)]};
}

/// Returns the random stream for a sample's dropout in a hidden layer, counted from 0.
inline RandomStream dropout_stream(const Noise& noise, int sample, std::size_t layer) {
  return {noise.seed, Purpose::dropout, noise.epoch,
          noise.rows[static_cast<std::size_t>(sample)] | static_cast<std::uint64_t>(layer) << 32};
}

}  // namespace ksweep
