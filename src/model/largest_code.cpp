#include "model/largest_code.h"

namespace ksweep {

void LargestCode::begin(int k) {
  k_ = k;
  const std::size_t size = kept_.size() * static_cast<std::size_t>(k);
  if (units_.size() >= size) return;
  units_ = AlignedArray<std::int32_t>(size);
  values_ = AlignedFloats(static_cast<std::size_t>(padded(static_cast<int>(size))));
}

void LargestCode::drop_zeros(int n_samples) {
  for (int i = 0; i < n_samples; ++i) {
    std::ptrdiff_t to = std::ptrdiff_t{i} * k_;
    for (std::ptrdiff_t from = to, end = from + n_kept(i); from < end; ++from) {
      if (values_[from] == 0) continue;
      units_[to] = units_[from];
      values_[to++] = values_[from];
    }
    kept_[static_cast<std::size_t>(i)] = static_cast<std::int32_t>(to - std::ptrdiff_t{i} * k_);
  }
}

}  // namespace ksweep
