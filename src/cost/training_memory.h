#pragma once

#include "core/trial.h"
#include "sweep/data_facts.h"

namespace ksweep {

/// Bytes of networks, their optimiser's state, mini-batches, and the codes that layers learn from; of a probe that trains a
/// network of its own, of that too.  All at once: rather too much than too little.
double training_memory_bytes(const Trial& trial, const DataFacts& facts);

}  // namespace ksweep
