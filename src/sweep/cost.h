#pragma once

#include "core/trial.h"
#include "sweep/plan.h"

namespace ksweep {

/// Predicted seconds on one core: arithmetic and memory traffic of the hot loops over measured rates.
/// Only + - * /: the same bits, and so the same order of jobs, on every rank.
double training_time_s(const Trial& trial, const DataFacts& facts);

/// The same for encoding all samples and fitting the softmax regression, once.
double probe_time_s(const Trial& trial, const DataFacts& facts);

/// Memory of a rank beside the data set: parameters, optimiser state, two mini-batches, codes, probe.  All at once,
/// so rather too much than too little.
double memory_bytes(const Trial& trial, const DataFacts& facts);

/// Memory of the samples, once per node.
double dataset_bytes(const DataFacts& facts);

}  // namespace ksweep
