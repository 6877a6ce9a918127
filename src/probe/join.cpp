#include "probe/join.h"

#include <array>
#include <cassert>
#include <numeric>

#include "probe/sample_rows.h"

namespace ksweep {
namespace {

using Parts = std::array<const Features*, 2>;

Features joined_sparse(const Parts& parts) {
  SparseFeatures features(parts[0]->n_features, parts[0]->value.size() + parts[1]->value.size());
  std::vector<std::int32_t> all(static_cast<std::size_t>(parts[0]->n_features));
  std::iota(all.begin(), all.end(), 0);
  for (const Features* part : parts) {
    const Rows rows(*part);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const Row row = rows[i];
      const auto n = static_cast<std::size_t>(row.n);
      features.add({row.index ? row.index : all.data(), n}, {row.value, n});
    }
  }
  return std::move(features).finish();
}

Features joined_dense(const Parts& parts) {
  Features features;
  features.n_features = parts[0]->n_features;
  features.n_samples = parts[0]->n_samples + parts[1]->n_samples;
  const auto n = static_cast<std::size_t>(features.n_features);
  features.own_rows.reserve(features.n_samples * n);
  for (const Features* part : parts)
    for (std::size_t i = 0; i < part->n_samples; ++i)
      features.own_rows.insert(features.own_rows.end(), part->dense_row(i), part->dense_row(i) + n);
  features.rows = features.own_rows.data();
  return features;
}

/// Joins samples chosen from the same rows without copying the rows.
Features joined_chosen(const Parts& parts) {
  Features features;
  features.n_features = parts[0]->n_features;
  features.n_samples = parts[0]->n_samples + parts[1]->n_samples;
  features.rows = parts[0]->rows;
  for (const Features* part : parts)
    features.own_chosen.insert(features.own_chosen.end(), part->chosen.begin(), part->chosen.end());
  features.chosen = features.own_chosen;
  return features;
}

}  // namespace

Features joined(const Features& first, const Features& second) {
  assert(first.n_features == second.n_features);
  const Parts parts{&first, &second};
  if (!first.dense() || !second.dense()) return joined_sparse(parts);
  if (first.rows == second.rows && !first.chosen.empty() && !second.chosen.empty())
    return joined_chosen(parts);
  return joined_dense(parts);
}

}  // namespace ksweep
