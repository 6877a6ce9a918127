#pragma once

#include <cstddef>
#include <span>

#include "core/trial_result.h"
#include "probe/accuracy.h"
#include "train/fit.h"

namespace ksweep {

/// Puts the accuracies of the three parts where a trial's results keep them.
void record(const Accuracy& train, const Accuracy& validation, const Accuracy& test, TrialResult& result);

/// From how many finished epochs a training went on.
void note_resumed(std::span<TrialResult> results, std::size_t epochs_done);

/// The curves and where they end.
void record(const Curves& curves, TrialResult& result);

}  // namespace ksweep
