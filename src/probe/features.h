#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "model/batch.h"

namespace ksweep {

/// Called often from long work; false: stop without a trace (the work then throws Interrupted).
using KeepGoing = std::function<bool()>;

/// What a classifier sees of some samples: sparse codes, or dense rows (raw pixels, codes with nothing dropped).
struct Features {
  int n_features = 0;
  std::size_t n_samples = 0;

  // sparse: entries begin[i] .. begin[i + 1] of sample i
  std::vector<std::size_t> begin;
  std::vector<std::int32_t> index;
  std::vector<float> value;

  // dense: row i lies at rows + chosen[i] * n_features, or at rows + i * n_features where `chosen` is empty
  const float* rows = nullptr;
  std::span<const std::uint32_t> chosen;
  std::vector<float> own_rows;  ///< what `rows` points into, unless it is a data set's memory

  bool dense() const { return rows != nullptr; }
};

/// Rows of a data set as they are.  `chosen` must outlive the result.
Features raw_features(const float* rows, int n_inputs, std::span<const std::uint32_t> chosen);

/// Codes of rows of a data set with the k largest activations kept (k == n_hidden: all, dense).
/// `active`, if not null, counts for each unit the samples for which it is not zero.
Features encode_features(Batch& batch, const Network& network, const float* rows,
                         std::span<const std::uint32_t> chosen, int k, int batch_size,
                         const KeepGoing& keep_going, std::vector<std::uint32_t>* active = nullptr);

/// Root of the mean squared length of a feature vector; 1 if all are zero.
double root_mean_square_length(const Features& features);

}  // namespace ksweep
