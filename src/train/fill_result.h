#pragma once

#include <cstddef>
#include <span>

#include "core/trial_result.h"
#include "probe/accuracy.h"
#include "train/fit.h"

namespace ksweep {

/// Stores the accuracies of the three parts in a trial's result.
void record(const Accuracy& train, const Accuracy& validation, const Accuracy& test, TrialResult& result);

/// Notes after how many finished epochs a training was resumed.
void note_resumed(std::span<TrialResult> results, std::size_t epochs_done);

/// Stores the curves and their final values in a trial's result.  n_train: samples of a whole epoch.
void record(const Curves& curves, std::size_t n_train, TrialResult& result);

}  // namespace ksweep
