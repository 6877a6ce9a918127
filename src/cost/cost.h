#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "core/trial.h"
#include "core/trial_result.h"
#include "cost/rates.h"
#include "sweep/planned_trials.h"

namespace ksweep {

/// Predicted seconds on one core: amounts of work times rates.
/// Only + - * / and roots: the same bits, and so the same order of jobs, on every rank.
double training_time_s(const Trial& trial, const DataFacts& facts, const Rates& rates);

/// The same for the codes of all samples, shared by n_sharing trials, and the trial's probe on them.
double probe_time_s(const Trial& trial, const DataFacts& facts, const Rates& rates, int n_sharing = 1);

/// The same for all of these trials (positions in `plan`) of one training: those that keep as many activations share
/// their codes.
double probes_time_s(const std::vector<PlannedTrial>& plan, const std::vector<std::uint32_t>& trials,
                     const FactsOf& facts, const Rates& rates);

/// Both.
double predicted_time_s(const Trial& trial, const DataFacts& facts, const Rates& rates);

/// How many times as fast a trial is with so many threads as with one.  Measured for two (1.85); beyond, Amdahl's
/// law with the serial part that this tells.
double thread_speedup(double threads);

/// Rates from finished trials: position i of `results` belongs to position i of `plan`; others than done ones do not
/// count.  Trials that were read from one training share its time.
Rates calibrated_rates(const std::vector<PlannedTrial>& plan, const std::vector<TrialResult>& results,
                       const FactsOf& facts, const Rates& prior);

/// Memory of a rank beside the data set: parameters, optimiser state, two mini-batches, codes, probe.  All at once,
/// so rather too much than too little.
double memory_bytes(const Trial& trial, const DataFacts& facts);

/// Memory of the samples, once per node.
double dataset_bytes(const DataFacts& facts);

}  // namespace ksweep
