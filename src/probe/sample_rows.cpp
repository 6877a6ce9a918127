#include "probe/sample_rows.h"

#include <algorithm>
#include <array>

namespace ksweep {

Rows::Rows(const Features& features) : features_(features) {
  if (features.dense()) return;
  begin_.push_back(0);
  index_.resize(features.value.size());
  value_.resize(features.value.size());
  for (std::size_t block = 0; begin_.size() <= features.n_samples; ++block) copy_block(block);
}

void Rows::copy_block(std::size_t block) {
  const SparseBlock entries = features_.block(block);
  const std::size_t first = block * Features::block_size;
  const std::size_t n_samples = std::min(Features::block_size, features_.n_samples - first);
  std::array<std::size_t, Features::block_size> next{};  // counts, then positions of the next entries
  for (int e = 0; e < entries.begin[entries.n_features]; ++e) ++next[entries.sample[e]];
  for (std::size_t i = 0; i < n_samples; ++i) {
    begin_.push_back(begin_.back() + next[i]);
    next[i] = begin_[first + i];
  }
  for (int feature = 0; feature < entries.n_features; ++feature)
    for (int e = entries.begin[feature]; e < entries.begin[feature + 1]; ++e) {
      const std::size_t place = next[entries.sample[e]]++;
      index_[place] = feature;
      value_[place] = entries.value[e];
    }
}

std::vector<double> squared_lengths(const Rows& rows) {
  std::vector<double> lengths(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i)
    for_each_entry(rows[i], [&](int, float value) {
      lengths[i] += static_cast<double>(value) * static_cast<double>(value);
    });
  return lengths;
}

}  // namespace ksweep
