#pragma once

#include "probe/features.h"

namespace ksweep {

/// One sample: n entries, value[e] of feature index[e]; if index is null it is dense, value[f] of feature f.
struct Row {
  const std::int32_t* index;
  const float* value;
  int n;
};

/// Access to single samples.  Copies sparse features; dense ones must outlive the object.
class Rows {
 public:
  explicit Rows(const Features& features);

  Row operator[](std::size_t i) const {
    if (features_.dense()) return {nullptr, features_.dense_row(i), features_.n_features};
    return {index_.data() + begin_[i], value_.data() + begin_[i],
            static_cast<int>(begin_[i + 1] - begin_[i])};
  }
  std::size_t size() const { return features_.n_samples; }
  int n_features() const { return features_.n_features; }

 private:
  void copy_block(std::size_t block);

  const Features& features_;
  std::vector<std::size_t> begin_;  // (n_samples + 1)
  std::vector<std::int32_t> index_;
  std::vector<float> value_;
};

/// Calls visit(feature, value) for each entry, features ascending.
template <class Visit>
void for_each_entry(const Row& row, const Visit& visit) {
  if (row.index)
    for (int e = 0; e < row.n; ++e) visit(row.index[e], row.value[e]);
  else
    for (int feature = 0; feature < row.n; ++feature) visit(feature, row.value[feature]);
}

/// Returns the squared length of each sample.
std::vector<double> squared_lengths(const Rows& rows);

}  // namespace ksweep
