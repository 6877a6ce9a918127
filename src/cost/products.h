#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/layer_sizes.h"
#include "core/trial.h"
#include "sweep/data_facts.h"

namespace ksweep {

/// Rows and mini-batches are padded to whole vectors.
inline double padded(double count) {
  constexpr double lanes = 16;
  return std::ceil(count / lanes) * lanes;
}

inline double all_samples(const DataFacts& facts) {
  return static_cast<double>(facts.n_train + facts.n_validation + facts.n_test);
}

/// Samples of a mini-batch.
inline double batch_of(double asked_for, const DataFacts& facts) {
  return std::max(1.0, std::min(asked_for, static_cast<double>(facts.n_train)));
}

/// Multiply-adds of one sample through layers of these sizes, forward, and where it learns also back and by the weights'
/// gradient; there is no way back from the first layer to the inputs.
inline double products_of(const std::vector<int>& sizes, bool learns) {
  double products = 0;
  for (std::size_t i = 1; i < sizes.size(); ++i)
    products += (!learns ? 1 : i == 1 ? 2 : 3) * sizes[i - 1] * padded(sizes[i]);
  return products;
}

/// Inputs and hidden layers of an autoencoder's encoder.
inline std::vector<int> encoder_sizes(const Trial& trial, const DataFacts& facts) {
  std::vector<int> sizes =
      trial.layers == "none" ? std::vector<int>{trial.n_hidden} : layer_sizes(trial.layers);
  sizes.insert(sizes.begin(), facts.n_inputs);
  return sizes;
}

/// The same with the classes, as it is fine-tuned.
inline std::vector<int> fine_tuned_sizes(const Trial& trial, const DataFacts& facts) {
  std::vector<int> sizes = encoder_sizes(trial, facts);
  sizes.push_back(facts.n_classes);
  return sizes;
}

}  // namespace ksweep
