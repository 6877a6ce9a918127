#include "model/quantised_rows.h"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>

namespace ksweep {
namespace {

// Above this share of non-zero inputs the dense product is as fast (measured at 784 inputs and 32 outputs).
constexpr double densest = 0.35;
constexpr std::size_t most_levels = 256;

/// Numbers distinct values in order of appearance: a hash table with open addressing.
class Levels {
 public:
  /// Returns the level of a value; most_levels if there are too many levels.
  std::size_t of(float value) {
    std::size_t place = std::bit_cast<std::uint32_t>(value) * 2654435769u >> (32 - table_bits);
    for (; level_[place] != none; place = (place + 1) % level_.size())
      if (values_[level_[place]] == value) return level_[place];
    if (values_.size() == most_levels) return most_levels;
    level_[place] = static_cast<std::uint16_t>(values_.size());
    values_.push_back(value);
    return level_[place];
  }

  std::vector<float> values() && {
    values_.resize(most_levels);
    return std::move(values_);
  }

 private:
  static constexpr int table_bits = 11;
  static constexpr std::uint16_t none = most_levels;
  std::array<std::uint16_t, 1 << table_bits> level_ = filled();
  std::vector<float> values_;

  static std::array<std::uint16_t, 1 << table_bits> filled() {
    std::array<std::uint16_t, 1 << table_bits> table;
    table.fill(none);
    return table;
  }
};

/// Returns the indices of non-zero inputs.  Free of branches, which could not be predicted, so `places` needs
/// room for one index more than there are inputs.
std::span<const std::uint16_t> non_zero(const float* inputs, int n_inputs,
                                        std::vector<std::uint16_t>& places) {
  std::size_t count = 0;
  for (int i = 0; i < n_inputs; ++i) {
    places[count] = static_cast<std::uint16_t>(i);
    count += inputs[i] != 0;
  }
  return std::span(places).first(count);
}

/// Reserves room for n_samples samples as dense as the present ones, plus a tenth.
void reserve(QuantisedRows& rows, std::size_t n_samples) {
  const std::size_t n_entries = rows.index.size() * n_samples / rows.n_samples() * 11 / 10;
  rows.index.reserve(n_entries);
  rows.level.reserve(n_entries);
}

}  // namespace

std::optional<QuantisedRows> quantised_rows(const float* rows, std::span<const std::uint32_t> chosen,
                                            int n_inputs) {
  if (n_inputs > std::numeric_limits<std::uint16_t>::max()) return std::nullopt;
  if (double(chosen.size()) * n_inputs * densest > std::numeric_limits<std::uint32_t>::max())
    return std::nullopt;
  QuantisedRows result;
  Levels levels;
  std::vector<std::uint16_t> places(static_cast<std::size_t>(n_inputs) + 1);
  result.begin.push_back(0);
  for (const std::uint32_t row : chosen) {
    const float* const inputs = rows + std::ptrdiff_t{row} * n_inputs;
    const std::span<const std::uint16_t> found = non_zero(inputs, n_inputs, places);
    for (const std::uint16_t i : found) {
      const std::size_t level = levels.of(inputs[i]);
      if (level == most_levels) return std::nullopt;
      result.level.push_back(static_cast<std::uint8_t>(level));
    }
    result.index.insert(result.index.end(), found.begin(), found.end());
    result.begin.push_back(static_cast<std::uint32_t>(result.index.size()));
    constexpr std::size_t first_look = 100;  // samples
    const std::size_t seen = std::max(first_look, result.n_samples());
    if (double(result.index.size()) > densest * double(seen) * n_inputs) return std::nullopt;
    if (result.n_samples() == first_look) reserve(result, chosen.size());
  }
  result.values = std::move(levels).values();
  return result;
}

LevelEntries part_of(const LevelEntries& entries, int begin, int end) {
  const auto* const last = entries.index + entries.count;
  const auto* const from = std::lower_bound(entries.index, last, begin);
  const auto* const to = std::lower_bound(from, last, end);
  return {from, entries.level + (from - entries.index), static_cast<int>(to - from), entries.values};
}

}  // namespace ksweep
