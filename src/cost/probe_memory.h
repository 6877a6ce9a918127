#pragma once

#include "core/trial.h"
#include "sweep/data_facts.h"

namespace ksweep {

/// Bytes of the features of all samples and of what a probe of them needs, all at once: rather too much than too little.
double probe_memory_bytes(const Trial& trial, const DataFacts& facts);

}  // namespace ksweep
