#pragma once

#include "core/trial_result.h"
#include "model/batch.h"
#include "model/layers.h"
#include "train/archive.h"
#include "train/curves.h"

namespace ksweep {

/// Each writes all numbers of an object, or reads them into one of the same shape.
void transfer(Archive& archive, Network& network);
void transfer(Archive& archive, OptimizerState& state);
void transfer(Archive& archive, Layers& layers);
void transfer(Archive& archive, LayersState& state);
void transfer(Archive& archive, Curves& curves);

/// What train() finds out but for learned parameters.  Read are curves of no more than `n_epochs`, and of no other number of
/// classes.
void transfer(Archive& archive, TrialResult& result, int n_classes, std::size_t n_epochs);

}  // namespace ksweep
