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
#include "train/evaluate.h"
#include "train/layer_training.h"

namespace ksweep {

/// The curves, as extended by the training of one layer of a stack.
struct CurvesOfLayer {
  Curves& curves;
  std::uint64_t n_before = curves.k.size();  ///< epochs of lower layers

  /// Cuts the curves to the finished epochs of this layer.  Throws UnfitCheckpoint if they are shorter.
  void cut(int epochs_done);
  void transfer(Archive& archive);
};

/// Measurements of a training loop during an epoch.
struct EpochReport {
  double loss = 0;    ///< mean over samples
  double active = 0;  ///< mean number of non-zero hidden units
  double dead = 0;    ///< units that were zero for all samples
  int k = 0;          ///< in the last mini-batch
  std::int64_t n_samples = 0;
};

/// Returns the subset of the validation part on which the error is measured after each epoch, for the curve
/// only.
std::span<const std::uint32_t> validation_sample(std::span<const std::uint32_t> validation);

/// Adds an epoch (from 0) to the curves.  Throws Diverged if the reconstruction is not finite.
void add_epoch(const Trial& trial, int epoch, const EpochReport& report, const Reconstruction& validation,
               Curves& curves);

/// Measures the reconstruction of validation samples and adds the epoch to the curves.  Throws Diverged if the reconstruction is
/// not finite.
void finish_epoch(Training& training, int epoch, const EpochReport& report, Curves& curves,
                  const KeepGoing& keep_going);

/// Returns the name of a layer's part in a checkpoint.
inline std::string name_of_layer(int position) { return "layer " + std::to_string(position); }

/// Runs all epochs, or those that remain after a checkpoint.  Calls `after_epoch` with the number of epochs
/// done.  Fills curves meanwhile, so that they hold finished epochs if it throws Diverged or Interrupted.
void fit(Training& training, Curves& curves, const TrainingHooks& hooks,
         const std::function<void(int)>& after_epoch);

}  // namespace ksweep
