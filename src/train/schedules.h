#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/training_length.h"
#include "core/trial.h"
#include "model/batch.h"

namespace ksweep {

/// Returns k in an epoch (from 0): it falls linearly from k_start to k over the first k_schedule of the
/// epochs, then is constant; never below k, never above n_hidden.  Source: Makhzani & Frey 2014, section
/// 4.2.1.  Returns n_hidden for kinds of models without k.
int k_of_epoch(const Trial& trial, int epoch);

/// Returns k in a mini-batch of an epoch (both from 0): that of the epoch; in a training whose length is given in samples,
/// which may be less than an epoch, it falls from mini-batch to mini-batch over the first k_schedule of all of them.
int k_of_step(const Trial& trial, const TrainingLength& length, int epoch, std::int64_t step);

/// Returns the settings of an autoencoder's epoch (from 0).
EpochSettings settings_of_epoch(const Trial& trial, int epoch, int n_inputs);

/// Returns the settings for evaluation with the training's rule: without noise, dropout and AuxK.
EpochSettings settings_of_rule(const Trial& trial);

/// Returns the factor for codes before decoding, which makes up for the dropout in training.  batch_size: in
/// training.
double decoded_share(const Trial& trial, int batch_size);

/// Returns the penalty of hidden activations.
PenaltyRule penalty_rule(const Trial& trial);

/// Returns the size of mini-batches, which is at most the number of samples.
int mini_batch_size(int wanted, std::size_t n_samples);

/// Returns the positions 0 .. n_samples - 1 in the order of an epoch (from 0).
std::vector<std::uint32_t> order_of_epoch(std::int64_t seed, std::size_t n_samples, int epoch);

/// Returns the rows of a training part in the order of an epoch, as many as it has.
std::vector<std::uint32_t> rows_of_epoch(const Trial& trial, std::span<const std::uint32_t> train,
                                         const TrainingLength& length, int epoch);

/// An optimiser and its learning rate, over a whole training.
struct OptimizerSettings {
  Optimizer optimizer = Optimizer::adam;
  double learning_rate = 0;
  RateSchedule schedule = RateSchedule::constant;
  double warmup = 0;      ///< share of the steps, the first ones, over which the learning rate rises linearly
  double cooldown = 0;    ///< share of the steps, the last ones, over which it falls linearly to 0
  double momentum = 0.9;  ///< Adam's beta1
  double momentum_start = 0.5;  ///< in the first step, with a schedule
  double momentum_schedule =
      0;  ///< share of the steps, the first ones, over which the momentum moves linearly to `momentum`
  double weight_decay = 0;
};

/// Returns the settings of a trial.  With RateScaling::units the learning rate is multiplied by sqrt(2^14 / n_hidden): the
/// best one falls so with the number of units (Gao et al. 2024, appendix A.3).
OptimizerSettings optimizer_settings(const Trial& trial);

/// How parameters move in a step (from 0) of `n_steps`.
UpdateRule update_rule(const OptimizerSettings& settings, std::int64_t step, std::int64_t n_steps);

}  // namespace ksweep
