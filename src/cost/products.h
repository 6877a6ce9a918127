#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/layer_sizes.h"
#include "core/row_layout.h"
#include "core/training_length.h"
#include "core/trial.h"
#include "sweep/data_facts.h"

namespace ksweep {

inline constexpr double float_bytes = 4, double_bytes = 8;

/// Assumed number of a rank's threads that have scratch.
inline constexpr double threads_with_scratch = 8;

/// Rounds up to whole vectors, as rows and mini-batches are padded.
inline double padded_count(double count) { return std::ceil(count / lanes) * lanes; }

inline double all_samples(const DataFacts& facts) {
  return static_cast<double>(facts.n_train + facts.n_validation + facts.n_test);
}

/// Returns the number of samples in a mini-batch.
inline double batch_of(double asked_for, const DataFacts& facts) {
  return std::max(1.0, std::min(asked_for, static_cast<double>(facts.n_train)));
}

/// Returns how long the training of an autoencoder is.
inline TrainingLength length_of(const Trial& trial, const DataFacts& facts) {
  return {trial, std::max<std::int64_t>(1, static_cast<std::int64_t>(facts.n_train)),
          static_cast<std::int64_t>(batch_of(trial.batch, facts))};
}

/// Returns the multiply-adds of one sample in layers of these sizes: the forward pass and, if they learn, the
/// backward pass and the gradient of the weights; the first layer needs no gradient of its inputs.
inline double products_of(const std::vector<int>& sizes, bool learns) {
  double products = 0;
  for (std::size_t i = 1; i < sizes.size(); ++i)
    products += (!learns ? 1 : i == 1 ? 2 : 3) * sizes[i - 1] * padded_count(sizes[i]);
  return products;
}

/// Returns the sizes of an encoder's inputs and hidden layers.
inline std::vector<int> encoder_sizes(const Trial& trial, const DataFacts& facts) {
  std::vector<int> sizes =
      trial.layers == "none" ? std::vector<int>{trial.n_hidden} : layer_sizes(trial.layers);
  sizes.insert(sizes.begin(), facts.n_inputs);
  return sizes;
}

/// The same with the classes appended, as for fine-tuning.
inline std::vector<int> fine_tuned_sizes(const Trial& trial, const DataFacts& facts) {
  std::vector<int> sizes = encoder_sizes(trial, facts);
  sizes.push_back(facts.n_classes);
  return sizes;
}

}  // namespace ksweep
