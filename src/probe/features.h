#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/keep_going.h"
#include "model/batch.h"

namespace ksweep {

/// Features of some samples: sparse, or dense rows.
struct Features {
  static constexpr std::size_t block_size =
      512;  ///< samples; their errors for all classes fit into a first-level cache

  int n_features = 0;
  std::size_t n_samples = 0;

  // sparse: blocks of block_size samples, each with its non-zero entries sorted by feature (see SparseBlock)
  std::vector<std::size_t> block_begin;     ///< (n_blocks + 1) into `sample` and `value`
  std::vector<std::int32_t> feature_begin;  ///< (n_blocks x n_features + 1), relative to the block's begin
  std::vector<std::uint16_t> sample;        ///< position in the block
  std::vector<float> value;

  // dense: row i is at rows + chosen[i] * n_features, or at rows + i * n_features if `chosen` is empty
  const float* rows = nullptr;
  std::span<const std::uint32_t> chosen;
  std::vector<float> own_rows;            ///< memory of `rows`, unless that is a data set's
  std::vector<std::uint32_t> own_chosen;  ///< memory of `chosen`, unless it belongs to the caller

  bool dense() const { return rows != nullptr; }
  SparseBlock block(std::size_t b) const {
    return {n_features, feature_begin.data() + b * (static_cast<std::size_t>(n_features) + 1),
            sample.data() + block_begin[b], value.data() + block_begin[b]};
  }
  const float* dense_row(std::size_t i) const {
    return rows + (chosen.empty() ? i : chosen[i]) * static_cast<std::size_t>(n_features);
  }
};

/// Calls visit(sample, feature, value) for the non-zero features of all samples.
template <class Visit>
void for_each_value(const Features& features, const Visit& visit) {
  if (features.dense()) {
    for (std::size_t i = 0; i < features.n_samples; ++i)
      for (int f = 0; f < features.n_features; ++f) visit(i, f, features.dense_row(i)[f]);
    return;
  }
  for (std::size_t first = 0; first < features.n_samples; first += Features::block_size) {
    const SparseBlock block = features.block(first / Features::block_size);
    for (int f = 0; f < features.n_features; ++f)
      for (std::int32_t e = block.begin[f]; e < block.begin[f + 1]; ++e)
        visit(first + block.sample[e], f, block.value[e]);
  }
}

/// Builds sparse features sample by sample.
class SparseFeatures {
 public:
  explicit SparseFeatures(int n_features, std::size_t n_expected_entries = 0);
  /// Adds a sample with these indices, ascending, and values; skips zeros.
  void add(std::span<const std::int32_t> index, std::span<const float> value);
  Features finish() &&;

 private:
  void close_block();

  struct Entry {
    std::int32_t feature;
    float value;
  };
  Features features_;
  std::vector<Entry> entries_;            // of the current block, by sample
  std::vector<std::int32_t> sample_end_;  // into entries_
};

/// Returns rows of a data set as features: sparse if less than a third of the numbers are non-zero, which is
/// faster; else dense, and then `rows` and `chosen` must outlive the result.
Features raw_features(const float* rows, int n_inputs, std::span<const std::uint32_t> chosen);

/// Returns the codes of rows of a data set with the k largest activations kept (k == n_hidden: all, dense).
/// `active`, if not null, counts for each unit the samples for which it is non-zero.
Features encode_features(Batch& batch, const Network& network, const SampleRows& rows,
                         std::span<const std::uint32_t> chosen, int k, int batch_size,
                         const KeepGoing& keep_going, std::vector<std::uint32_t>* active = nullptr);

/// Returns the root mean square length of the feature vectors; 1 if all are zero.
double root_mean_square_length(const Features& features);

}  // namespace ksweep
