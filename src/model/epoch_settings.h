#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "model/rules.h"

namespace ksweep {

/// What a training reconstructs in place of its inputs x:
///   (1 - attraction) x + attraction own mean + repulsion (x - other mean)
/// After Nousi & Tefas 2017 (Neurocomputing 266) and 2018 (Evolving Systems); the formula is ours.
struct ShiftedTargets {
  float attraction = 0, repulsion = 0;
  int n_inputs = 0;
  std::vector<float> means;              ///< (groups x n_inputs)
  std::vector<std::int32_t> own, other;  ///< group of each row of the data set, and the nearest other one
};

/// What holds for all mini-batches of one epoch of training.
struct Regime {
  int k = 0;                           ///< the largest of each sample are kept; n_hidden: all
  const SparsityRule* rule = nullptr;  ///< instead of the k largest of each sample
  double lifetime = 1;                 ///< for the rule
  double dropout = 0;                  ///< share of hidden units that take no part, drawn for each sample
  double input_noise = 0;              ///< share of inputs set to 0, drawn for each sample
  std::uint64_t seed = 0;
  std::uint32_t epoch = 0;
  const ShiftedTargets* targets = nullptr;  ///< null: the inputs are reconstructed
  int aux_units = 0;                        ///< dead units that learn to draw what is missing in a sample
  float aux_weight = 0;
};

/// Zeroes a share of a sample's inputs, keyed by the seed, the epoch and the sample's row in the data set.
void add_noise(const Regime& regime, std::uint32_t row, std::span<float> inputs);

/// Whether each hidden unit takes part for this sample, as 1 or 0.
void draw_dropout(const Regime& regime, std::uint32_t row, std::span<float> mask);

/// What is reconstructed of this sample.
void shift_target(const ShiftedTargets& targets, std::uint32_t row, const float* inputs, float* target);

}  // namespace ksweep
