#pragma once

#include "core/trial.h"
#include "sweep/data_facts.h"

namespace ksweep {

/// Returns the bytes of the features of all samples and of the trial's probe.  An upper estimate, as if all
/// existed at the same time.
double probe_memory_bytes(const Trial& trial, const DataFacts& facts);

}  // namespace ksweep
