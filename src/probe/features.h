#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/keep_going.h"
#include "model/batch.h"

namespace ksweep {

/// What a classifier sees of some samples: sparse features, or dense rows.
struct Features {
  static constexpr std::size_t block_size = 512;  ///< samples; their classes' errors fit a first-level cache

  int n_features = 0;
  std::size_t n_samples = 0;

  // sparse: blocks of block_size samples, the entries of a block by feature (see SparseBlock), zeros left out
  std::vector<std::size_t> block_begin;     ///< (n_blocks + 1) into `sample` and `value`
  std::vector<std::int32_t> feature_begin;  ///< (n_blocks x n_features + 1), from the block's beginning on
  std::vector<std::uint16_t> sample;        ///< within the block
  std::vector<float> value;

  // dense: row i lies at rows + chosen[i] * n_features, or at rows + i * n_features where `chosen` is empty
  const float* rows = nullptr;
  std::span<const std::uint32_t> chosen;
  std::vector<float> own_rows;            ///< what `rows` points into, unless it is a data set's memory
  std::vector<std::uint32_t> own_chosen;  ///< what `chosen` points into, unless it is someone else's memory

  bool dense() const { return rows != nullptr; }
  SparseBlock block(std::size_t b) const {
    return {n_features, feature_begin.data() + b * (static_cast<std::size_t>(n_features) + 1),
            sample.data() + block_begin[b], value.data() + block_begin[b]};
  }
  const float* dense_row(std::size_t i) const {
    return rows + (chosen.empty() ? i : chosen[i]) * static_cast<std::size_t>(n_features);
  }
};

/// Makes sparse features, sample after sample.
class SparseFeatures {
 public:
  explicit SparseFeatures(int n_features, std::size_t n_expected_entries = 0);
  /// The next sample: its features of these indices and values, ascending; zeros are passed over.
  void add(std::span<const std::int32_t> index, std::span<const float> value);
  Features finish() &&;

 private:
  void close_block();

  struct Entry {
    std::int32_t feature;
    float value;
  };
  Features features_;
  std::vector<Entry> entries_;            // of the present block, by sample
  std::vector<std::int32_t> sample_end_;  // into entries_
};

/// Rows of a data set as they are: sparse if less than a third of their numbers is not zero, which is faster; else
/// dense, and `rows` and `chosen` must outlive the result.
Features raw_features(const float* rows, int n_inputs, std::span<const std::uint32_t> chosen);

/// Codes of rows of a data set with the k largest activations kept (k == n_hidden: all, dense).
/// `active`, if not null, counts for each unit the samples for which it is not zero.
Features encode_features(Batch& batch, const Network& network, const float* rows,
                         std::span<const std::uint32_t> chosen, int k, int batch_size,
                         const KeepGoing& keep_going, std::vector<std::uint32_t>* active = nullptr);

/// Root of the mean squared length of a feature vector; 1 if all are zero.
double root_mean_square_length(const Features& features);

}  // namespace ksweep
