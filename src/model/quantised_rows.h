#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "kernels/kernels.h"

namespace ksweep {

/// Quantised sparse samples: few non-zero inputs with few distinct values, as in 8-bit images on an empty
/// background.  Takes 3 bytes per non-zero input and does not round.
struct QuantisedRows {
  std::vector<std::uint32_t> begin;  ///< (n_samples + 1): entries of sample i are begin[i] .. begin[i + 1]
  std::vector<std::uint16_t> index;  ///< inputs, ascending
  std::vector<std::uint8_t> level;   ///< index into values
  std::vector<float> values;         ///< (256)

  std::size_t n_samples() const { return begin.size() - 1; }
  LevelEntries row(std::size_t sample) const {
    return {index.data() + begin[sample], level.data() + begin[sample],
            static_cast<int>(begin[sample + 1] - begin[sample]), values.data()};
  }
};

/// Converts rows of a data set, n_inputs numbers each.  Returns nothing if they are too dense, have more than
/// 256 distinct values or too many inputs.
std::optional<QuantisedRows> quantised_rows(const float* rows, std::span<const std::uint32_t> chosen,
                                            int n_inputs);

/// Returns the entries of inputs begin .. end - 1.
LevelEntries part_of(const LevelEntries& entries, int begin, int end);

}  // namespace ksweep
