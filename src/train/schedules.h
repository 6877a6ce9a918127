#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/trial.h"
#include "model/batch.h"

namespace ksweep {

/// Returns k in an epoch (from 0): it falls linearly from k_start to k over the first k_schedule of the
/// epochs, then is constant; never below k, never above n_hidden.  Source: Makhzani & Frey 2014, section
/// 4.2.1.  Returns n_hidden for kinds of models without k.
int k_of_epoch(const Trial& trial, int epoch);

/// Returns the settings of an autoencoder's epoch (from 0).
Regime regime_of_epoch(const Trial& trial, int epoch);

/// Returns the settings for evaluation with the training's rule: without noise, dropout and AuxK.
Regime regime_of_rule(const Trial& trial);

/// Returns the factor for codes before decoding, which makes up for the dropout in training.  batch_size: in
/// training.
double decoded_share(const Trial& trial, int batch_size);

/// Returns the penalty of hidden activations.
PenaltyRule penalty_rule(const Trial& trial);

/// Returns the size of mini-batches, which is at most the number of samples.
int mini_batch_size(int wanted, std::size_t n_samples);

/// Returns the positions 0 .. n_samples - 1 in the order of an epoch (from 0).
std::vector<std::uint32_t> order_of_epoch(std::int64_t seed, std::size_t n_samples, int epoch);

/// Returns the rows of a training part in the order of an epoch.
std::vector<std::uint32_t> rows_of_epoch(const Trial& trial, std::span<const std::uint32_t> train, int epoch);

/// An optimiser and its learning rate, over a whole training.
struct OptimizerSettings {
  Optimizer optimizer = Optimizer::adam;
  double learning_rate = 0;
  RateSchedule schedule = RateSchedule::constant;
  double warmup = 0;      ///< share of the steps over which the learning rate rises linearly
  double momentum = 0.9;  ///< Adam's beta1
  double weight_decay = 0;
};

OptimizerSettings optimizer_settings(const Trial& trial);

/// How parameters move in a step (from 0) of `n_steps`.
UpdateRule update_rule(const OptimizerSettings& settings, std::int64_t step, std::int64_t n_steps);

}  // namespace ksweep
