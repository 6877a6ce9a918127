#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "kernels/kernels.h"

namespace ksweep {

/// Samples with few non-zero inputs of few different values, as images of 8 bits on an empty ground are: 3 bytes for each
/// input that is not zero, and no rounding.
struct LevelRows {
  std::vector<std::uint32_t> begin;  ///< (n_samples + 1): entries of sample i are begin[i] .. begin[i + 1]
  std::vector<std::uint16_t> index;  ///< inputs, ascending
  std::vector<std::uint8_t> level;   ///< into values
  std::vector<float> values;         ///< (256)

  std::size_t n_samples() const { return begin.size() - 1; }
  LevelEntries row(std::size_t sample) const {
    return {index.data() + begin[sample], level.data() + begin[sample],
            static_cast<int>(begin[sample + 1] - begin[sample]), values.data()};
  }
};

/// These rows of a data set, n_inputs numbers each, as LevelRows; nothing if they are too dense, have more than 256
/// different values or too many inputs.
std::optional<LevelRows> level_rows(const float* rows, std::span<const std::uint32_t> chosen, int n_inputs);

/// The entries of inputs begin .. end - 1.
LevelEntries part_of(const LevelEntries& entries, int begin, int end);

}  // namespace ksweep
