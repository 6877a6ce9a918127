#pragma once

#include <functional>
#include <vector>

#include "data/split.h"
#include "model/batch.h"
#include "probe/features.h"
#include "train/diverged.h"

namespace ksweep {

/// One trial's network and data, and the memory to work on a mini-batch while the next one is begun.
struct Training {
  const Trial& trial;
  const Dataset& data;
  const Split& split;
  Network network;
  int batch_size;
  Batch batch, next_batch;

  Training(const Trial& trial, const Dataset& data, const Split& split, const Kernels& kernels,
           const Team& team);
};

/// What is known of each epoch.
struct Curves {
  std::vector<double> train_loss, validation_mse, l0, dead_units, k;
};

/// Runs all epochs.  `after_epoch` is told the number of epochs done.  Curves grow as it goes, also if it throws
/// Diverged or Interrupted.
void fit(Training& training, Curves& curves, const KeepGoing& keep_going,
         const std::function<void(int)>& after_epoch);

}  // namespace ksweep
