#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/kernels.h"
#include "model/largest_code.h"

namespace ksweep {

/// The sparse code of a mini-batch, by unit: the samples in which each unit is active, ascending.
class SparseCode {
 public:
  explicit SparseCode(int n_hidden) : begin_(static_cast<std::size_t>(n_hidden) + 2) {}

  /// Sorts the kept activations of all samples by unit (counting sort).
  void sort_by_unit(const LargestCode& largest, int n_samples);

  /// Empties the code.  Then, unit by unit, add() its entries and call end_unit().
  void clear() {
    entries_.clear();
    std::ranges::fill(begin_, 0);
  }
  void add(int sample, float value) { entries_.push_back({sample, value}); }
  void end_unit(int unit) {
    begin_[static_cast<std::size_t>(unit) + 1] = static_cast<std::int32_t>(entries_.size());
  }

  /// Returns the position of a unit's first entry among all entries.
  int begin(int unit) const { return begin_[static_cast<std::size_t>(unit)]; }
  int count(int unit) const { return begin(unit + 1) - begin(unit); }
  std::size_t size() const { return entries_.size(); }
  std::span<const CodeEntry> of_unit(int unit) const {
    return {entries_.data() + begin(unit), static_cast<std::size_t>(count(unit))};
  }

  void scale(float factor) {
    for (CodeEntry& entry : entries_) entry.value *= factor;
  }

 private:
  std::vector<std::int32_t> begin_;  // (n_hidden + 2) into entries_; the last is scratch
  std::vector<CodeEntry> entries_;   // by unit, then by sample
};

}  // namespace ksweep
