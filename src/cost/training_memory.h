#pragma once

#include "core/trial.h"
#include "sweep/data_facts.h"

namespace ksweep {

/// Bytes beside data set, features and probe.
struct TrainingMemory {
  double learning_bytes;  ///< networks, optimiser state, mini-batches, and codes that layers are trained on
  double
      reading_bytes;  ///< afterwards, while features are read: without that state, with copies to be stored, filters, and the
                      ///< network of a fine-tuning probe
};

/// Returns the most bytes of each of the two parts of a training.  An upper estimate: tests/cost/memory_test.cpp states of
/// what factor.
TrainingMemory training_memory(const Trial& trial, const DataFacts& facts);

/// Returns the bytes of a layer's weights and their moments, which are nearly all of its checkpoint.
double state_bytes(const Trial& trial, const DataFacts& facts);

}  // namespace ksweep
