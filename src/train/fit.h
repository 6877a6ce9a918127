#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "train/archive.h"
#include "train/curves.h"
#include "train/diverged.h"
#include "train/epochs.h"
#include "train/layer_training.h"

namespace ksweep {

/// The curves, as one training of a stack goes on with them.
struct CurvesOfLayer {
  Curves& curves;
  std::uint64_t n_before = curves.k.size();  ///< epochs of the layers below

  /// As many epochs of this layer as are done, and none that was left half done.  Throws UnfitCheckpoint.
  void cut(int epochs_done);
  void transfer(Archive& archive);
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

/// Its part in a checkpoint while it is trained.
inline std::string name_of_layer(int position) { return "layer " + std::to_string(position); }

/// Runs all epochs, or what a checkpoint has left of them.  `after_epoch` is told the number of epochs done.  Curves grow as it
/// goes, also if it throws Diverged or Interrupted.
void fit(Training& training, Curves& curves, const TrainingHooks& hooks,
         const std::function<void(int)>& after_epoch);

}  // namespace ksweep
