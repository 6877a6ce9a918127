#pragma once

#include "core/trial_result.h"
#include "model/batch.h"
#include "model/layers.h"
#include "train/archive.h"
#include "train/curves.h"

namespace ksweep {

/// Each function writes all numbers of an object, or reads them into an object of the same shape.
void transfer(Archive& archive, Network& network);
void transfer(Archive& archive, OptimizerState& state);
void transfer(Archive& archive, Layers& layers);
void transfer(Archive& archive, LayersState& state);
void transfer(Archive& archive, Curves& curves);

/// Transfers all results of train() except learned parameters.  Reading throws UnfitCheckpoint for curves
/// longer than `n_epochs` and for another number of classes.
void transfer(Archive& archive, TrialResult& result, int n_classes, std::size_t n_epochs);

}  // namespace ksweep
