#include "model/sparse_code.h"

namespace ksweep {

void SparseCode::sort_by_unit(const LargestCode& largest, int n_samples) {
  const auto n_hidden = begin_.size() - 2;
  // next[u + 1] first counts u's entries, then holds where they begin, and finally where they end, which is
  // where those of u + 1 begin.
  std::int32_t* const next = begin_.data() + 1;
  std::ranges::fill(begin_, 0);
  for (int i = 0; i < n_samples; ++i)
    for (int e = 0; e < largest.n_kept(i); ++e) ++next[largest.units(i)[e] + 1];
  for (std::size_t unit = 0; unit < n_hidden; ++unit) next[unit + 1] += next[unit];
  entries_.resize(static_cast<std::size_t>(next[n_hidden]));
  for (int i = 0; i < n_samples; ++i)
    for (int e = 0; e < largest.n_kept(i); ++e)
      entries_[static_cast<std::size_t>(next[largest.units(i)[e]]++)] = {i, largest.values(i)[e]};
}

}  // namespace ksweep
