#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "core/trial.h"
#include "core/trial_result.h"
#include "cost/rates.h"
#include "sweep/planned_trials.h"

namespace ksweep {

/// Returns the predicted seconds of a training on one core: amounts of work times rates.
/// Uses only + - * / and roots, so that all ranks get the same bits and thus the same order of jobs.
double training_time_s(const Trial& trial, const DataFacts& facts, const Rates& rates);

/// The same for encoding all samples, shared by n_sharing trials, and for the trial's probe.
double probe_time_s(const Trial& trial, const DataFacts& facts, const Rates& rates, int n_sharing = 1);

/// The same for all of these trials (positions in `plan`) of one training; those that keep equally many
/// activations share their codes.
double probes_time_s(const std::vector<PlannedTrial>& plan, const std::vector<std::uint32_t>& trials,
                     const FactsOf& facts, const Rates& rates);

/// Returns training_time_s() + probe_time_s().
double predicted_time_s(const Trial& trial, const DataFacts& facts, const Rates& rates);

/// Returns the speed of a trial on this many threads relative to one thread.  Measured for two (1.85); for
/// more, from Amdahl's law with the serial part that this implies.
double thread_speedup(double threads);

/// Returns rates fitted to the done trials; position i of `results` belongs to position i of `plan`.  Trials
/// that were read from one training share its time.
Rates calibrated_rates(const std::vector<PlannedTrial>& plan, const std::vector<TrialResult>& results,
                       const FactsOf& facts, const Rates& prior);

/// The bytes of a rank before any trial: libraries, MPI buffers.
inline constexpr double program_bytes = 60e6;

/// Returns the bytes that a rank needs beside the data set: parameters, optimiser state, two mini-batches,
/// codes, probe.  An upper estimate.
double memory_bytes(const Trial& trial, const DataFacts& facts);

/// Returns the bytes of the samples, which exist once per node.
double dataset_bytes(const DataFacts& facts);

}  // namespace ksweep
