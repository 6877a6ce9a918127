#pragma once

#include "run/open_run.h"
#include "run/plan_run.h"
#include "schedule/callbacks.h"

namespace ksweep {

/// The phase after training: compares the decoders of seeds that have finished, in pairs, on all ranks, and stores what was
/// found; then drops the weights of trials that nobody asked to keep.  Collective.
RunOutcome compare_seeds(const OpenRun& run, PlanRun& planned, const RunRules& rules);

}  // namespace ksweep
