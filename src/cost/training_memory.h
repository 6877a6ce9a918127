#pragma once

#include "core/trial.h"
#include "sweep/data_facts.h"

namespace ksweep {

/// Returns the bytes of networks, optimiser state, mini-batches, and codes that layers are trained on,
/// including the network of a fine-tuning probe.  An upper estimate, as if all existed at the same time.
double training_memory_bytes(const Trial& trial, const DataFacts& facts);

}  // namespace ksweep
