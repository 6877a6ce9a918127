#pragma once

#include <functional>
#include <vector>

#include "data/split.h"
#include "model/batch.h"
#include "probe/features.h"
#include "train/diverged.h"

namespace ksweep {

/// One network of a trial, its position in a stack, its data, and the memory to work on a mini-batch while the next one is begun.
struct Training {
  const Trial& trial;
  const Dataset& data;
  const Split& split;
  const Kernels& kernels;
  const Team& team;
  Network network;
  int batch_size;
  Batch batch, next_batch;

  Training(const Trial& trial, const Dataset& data, const Split& split, const Kernels& kernels,
           const Team& team, int position = 0);
};

/// What is known of each epoch.
struct Curves {
  std::vector<double> train_loss, validation_mse, l0, dead_units, k;
};

/// What a training loop tells while it runs.
struct EpochReport {
  double loss = 0;    ///< mean over samples
  double active = 0;  ///< mean number of hidden units that are not zero
  double dead = 0;    ///< units that were zero for all samples
};

/// The validation error after each epoch is measured on no more samples than these: a glance, not the result.
std::span<const std::uint32_t> glance_at(std::span<const std::uint32_t> validation);

/// Adds an epoch (from 0) to the curves.  Throws Diverged if the reconstruction left the finite numbers.
void add_epoch(const Trial& trial, int epoch, const EpochReport& report, double validation_mse,
               Curves& curves);

/// Looks at the validation part and adds the epoch.  Throws Diverged if the reconstruction left the finite numbers.
void finish_epoch(Training& training, int epoch, const EpochReport& report, Curves& curves,
                  const KeepGoing& keep_going);

/// Runs all epochs.  `after_epoch` is told the number of epochs done.  Curves grow as it goes, also if it throws
/// Diverged or Interrupted.
void fit(Training& training, Curves& curves, const KeepGoing& keep_going,
         const std::function<void(int)>& after_epoch);

}  // namespace ksweep
