#pragma once

#include "core/trial_result.h"
#include "probe/accuracy.h"

namespace ksweep {

/// Puts the accuracies of the three parts where a trial's results keep them.
void record(const Accuracy& train, const Accuracy& validation, const Accuracy& test, TrialResult& result);

}  // namespace ksweep
