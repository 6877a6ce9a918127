#pragma once

#include "base/keep_going.h"
#include "core/training_length.h"
#include "data/split.h"
#include "model/batch.h"

namespace ksweep {

/// One network of a trial, its position in a stack, its data, and memory for the current and the next
/// mini-batch.
struct Training {
  const Trial& trial;
  const Dataset& data;
  const Split& split;
  const Kernels& kernels;
  const Team& team;
  int position;
  Network network;
  int batch_size;
  TrainingLength length;
  Batch batch, next_batch;
  std::vector<float> thresholds = {};  ///< (unit), once calibrate_threshold() has set them

  /// start: the initial parameters, scaled as the data are; null: they are drawn.  Throws Interrupted, as it may read all samples.
  Training(
      const Trial& trial, const Dataset& data, const Split& split, const Kernels& kernels, const Team& team,
      int position = 0, const AutoencoderWeights* start = nullptr,
      const KeepGoing& keep_going = [] { return true; });
};

}  // namespace ksweep
