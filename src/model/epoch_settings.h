#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "model/rules.h"

namespace ksweep {

/// Targets of reconstruction in place of the inputs x:
///   (1 - attraction) x + attraction own mean + repulsion (x - other mean)
/// After Nousi & Tefas 2017 (Neurocomputing 266) and 2018 (Evolving Systems); the formula is ours.
struct ShiftedTargets {
  float attraction = 0, repulsion = 0;
  int n_inputs = 0;
  std::vector<float> means;              ///< (groups x n_inputs)
  std::vector<std::int32_t> own, other;  ///< (data set's rows) each sample's group, and the nearest other one
};

/// Settings of one epoch of training.
struct EpochSettings {
  int k = 0;                               ///< activations kept of each sample; n_hidden: all
  const SparsityRule* rule = nullptr;      ///< replaces the k largest of each sample; null: none
  double lifetime = 1;                     ///< setting of the rule
  std::span<const float> thresholds = {};  ///< (unit), of rules that have them
  double dropout = 0;                      ///< share of hidden units that are dropped, for each sample anew
  double input_noise = 0;                  ///< share of inputs set to 0, for each sample anew
  std::uint64_t seed = 0;
  std::uint32_t epoch = 0;
  const ShiftedTargets* targets = nullptr;  ///< null: the inputs are reconstructed
  int aux_units = 0;                        ///< AuxK: dead units that reconstruct the residual of a sample
  float aux_weight = 0;
  AuxLoss aux_loss = AuxLoss::plain;
  float multi_topk = 0;  ///< weight of a second reconstruction error, from the 4 k largest; 0: none
  int prefixes = 1;      ///< nested prefixes of the units that each reconstruct, see prefix_ends()
  float bandwidth = 0;   ///< width of the window in which pre-activations move a threshold; 0: they move none
};

/// Sets a share of a sample's inputs to 0, depending on seed, epoch and the sample's row in the data set.
void add_noise(const EpochSettings& settings, std::uint32_t row, std::span<float> inputs);

/// Fills `mask` with 1 for hidden units that are active for this sample and 0 for dropped ones.
void draw_dropout(const EpochSettings& settings, std::uint32_t row, std::span<float> mask);

/// Computes the target of reconstruction for this sample.
void shift_target(const ShiftedTargets& targets, std::uint32_t row, const float* inputs, float* target);

}  // namespace ksweep
