#include "sweep/cost.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "core/layer_sizes.h"

namespace ksweep {
namespace {

using FactsOf = std::function<DataFacts(const Trial&)>;

// What the probe's arrays hold: pairs of vectors that L-BFGS remembers, its other vectors, gradients summed side by side,
// samples in flight on a thread (of dense rows: dense_block), features whitened together, bytes of an entry of a code.
constexpr double probe_history = 10;
constexpr double probe_vectors = 10;
constexpr double probe_slices = 16;
constexpr double probe_block = 512;
constexpr double dense_block = 128;
constexpr double probe_group = 1024;
constexpr double entry_bytes = 6;

// Rows are padded to whole vectors; a thread updates this many hidden units at a time.
constexpr double lanes = 16;
constexpr double unit_slice = 48;
constexpr double threads = 8;  // of a rank: scratch for so many is reckoned with

constexpr double float_bytes = 4;
constexpr double double_bytes = 8;
constexpr double program_bytes = 60e6;  // libraries, MPI buffers

double samples(const DataFacts& facts) {
  return static_cast<double>(facts.n_train + facts.n_validation + facts.n_test);
}

/// Non-zero features of a sample as the probe sees them.
double code_size(const Trial& trial, const DataFacts& facts) {
  if (trial.kind == ModelKind::raw) return facts.n_inputs;
  return std::min(trial.alpha * trial.k, double(trial.n_hidden));
}

double padded(double count) { return std::ceil(count / lanes) * lanes; }

double network_bytes(const Trial& trial, const DataFacts& facts) {
  const double stride = padded(facts.n_inputs);
  return float_bytes * (trial.n_hidden * stride * (trial.tied ? 1 : 2) + padded(trial.n_hidden) + stride);
}

/// One mini-batch with what its forward and backward pass need.
double batch_bytes(const Trial& trial, const DataFacts& facts) {
  const double hidden = trial.n_hidden, stride = padded(facts.n_inputs);
  const double rows =
      padded(std::max(1.0, std::min<double>(trial.batch, static_cast<double>(facts.n_train))));
  const double kept =
      std::min(std::max({trial.alpha * trial.k, double(trial.k), double(trial.k_start)}), hidden);
  const double per_sample = rows * (3 * stride + 2 * hidden);  // inputs, residuals, packed; z, delta
  // A kept activation: unit and value, by sample and by unit; its delta and scaled value; two pulls of 16 bytes.
  const double code = rows * (14 * kept + 3) + 4 * hidden;
  const double scratch =
      std::max((lanes + 1) * (padded(hidden) + lanes), 2 * unit_slice * stride) + padded(hidden) + lanes;
  return float_bytes * (per_sample + code + hidden + lanes + stride + threads * scratch);
}

/// The codes of all samples, and which samples they are.  Raw pixels are copied only if at most a third is not zero.
double features_bytes(const Trial& trial, const DataFacts& facts) {
  const bool raw = trial.kind == ModelKind::raw;
  const bool dense = !raw && code_size(trial, facts) == trial.n_hidden;
  const double code = code_size(trial, facts) / (raw ? 3 : 1) * (dense ? float_bytes : entry_bytes);
  const double places =
      double(raw ? facts.n_inputs : trial.n_hidden) / probe_block;  // where each feature begins
  return samples(facts) * (code + float_bytes * (places + 2) + double_bytes);
}

double probe_bytes(const Trial& trial, const DataFacts& facts) {
  const double features = trial.kind == ModelKind::raw ? facts.n_inputs : trial.n_hidden;
  const double columns = padded(facts.n_classes);
  const double optimiser = (features + 1) * facts.n_classes * (2 * probe_history + probe_vectors);
  const double gradients = (features + 1) * columns * (probe_slices + 1);  // and the weights
  const double scratch = probe_block * (features + threads * columns) + threads * dense_block * features;
  const double whitening = (features + 1) * std::min(features + 1, probe_group);
  return double_bytes * optimiser + float_bytes * (gradients + scratch + whitening);
}

/// Weights of dense layers with their optimiser's state, and one mini-batch.
double layers_bytes(const Trial& trial, const std::vector<int>& sizes) {
  const double copies = trial.optimizer == Optimizer::adam ? 4 : 3;  // itself, state, packed
  double weights = 0, per_sample = sizes[0];
  for (std::size_t i = 1; i < sizes.size(); ++i) {
    weights += (sizes[i - 1] + 1) * padded(sizes[i]);
    per_sample += 2 * padded(sizes[i]);
    // Gates, activations before them, which are kept.
    if (trial.dropout > 0 || trial.kind != ModelKind::classifier) per_sample += 2.25 * padded(sizes[i]);
  }
  return float_bytes * (copies * weights + trial.batch * per_sample);
}

/// The same of a classifier, the order of an epoch, labels and rows of all parts.
double classifier_bytes(const Trial& trial, const DataFacts& facts) {
  const std::vector<int> sizes = layer_sizes(trial.layers, facts.n_inputs, facts.n_classes);
  const double order = trial.steps_per_epoch > 0 ? double(trial.steps_per_epoch) * trial.batch
                                                 : static_cast<double>(facts.n_train);
  // Sparse samples are kept in 3 bytes an input that is not zero, at most 0.35 of them, for narrow first layers
  // (model/level_rows.cpp).
  const double sparse = padded(sizes[1]) <= 64 ? 3 * 0.35 * samples(facts) * facts.n_inputs : 0;
  return layers_bytes(trial, sizes) + float_bytes * (order + 5 * samples(facts)) + sparse;
}

// More trials would not make the rates better.
constexpr std::size_t enough_to_fit = 2000;

std::vector<MeasuredWork> measured_probes(const std::vector<PlannedTrial>& plan,
                                          const std::vector<TrialResult>& results,
                                          const std::vector<std::size_t>& chosen, const FactsOf& facts) {
  std::vector<MeasuredWork> measured;
  for (const std::size_t i : chosen)
    measured.push_back({probe_work(plan[i].trial, facts(plan[i].trial)),
                        results[i].probe_time_s * thread_speedup(results[i].threads)});
  return measured;
}

/// Trials of one training that began at one moment were one job; each holds an equal share of its time.
std::vector<MeasuredWork> measured_trainings(const std::vector<PlannedTrial>& plan,
                                             const std::vector<TrialResult>& results,
                                             const std::vector<std::size_t>& chosen, const FactsOf& facts) {
  std::map<std::pair<std::uint64_t, double>, MeasuredWork> jobs;
  for (const std::size_t i : chosen) {
    if (plan[i].trial.kind == ModelKind::raw) continue;
    MeasuredWork& job = jobs[{plan[i].training_id, results[i].started_unix_s}];
    if (job.work.empty()) job.work = training_work(plan[i].trial, facts(plan[i].trial));
    job.seconds += (results[i].wall_time_s - results[i].probe_time_s) * thread_speedup(results[i].threads);
  }
  std::vector<MeasuredWork> measured;
  for (const auto& [id, job] : jobs) measured.push_back(job);
  return measured;
}

}  // namespace

double training_time_s(const Trial& trial, const DataFacts& facts, const Rates& rates) {
  return time_s(training_work(trial, facts), rates.training);
}

double probe_time_s(const Trial& trial, const DataFacts& facts, const Rates& rates) {
  return time_s(probe_work(trial, facts), rates.probe);
}

double predicted_time_s(const Trial& trial, const DataFacts& facts, const Rates& rates) {
  return training_time_s(trial, facts, rates) + probe_time_s(trial, facts, rates);
}

double thread_speedup(double threads) {
  constexpr double of_two = 1.85, serial = 2 / of_two - 1;
  return threads / (1 + serial * (threads - 1));
}

Rates calibrated_rates(const std::vector<PlannedTrial>& plan, const std::vector<TrialResult>& results,
                       const FactsOf& facts, const Rates& prior) {
  std::vector<std::size_t> done;
  for (std::size_t i = 0; i < results.size(); ++i)
    if (results[i].status == Status::done && results[i].wall_time_s > 0 && results[i].probe_time_s >= 0 &&
        results[i].threads >= 1)
      done.push_back(i);
  const int n_measured = static_cast<int>(done.size());
  // Whole trainings are left out, not single trials of them.
  const std::uint64_t one_of = 1 + done.size() / enough_to_fit;
  std::erase_if(done, [&](std::size_t i) { return plan[i].training_id % one_of != 0; });
  if (done.empty()) return prior;
  return {fitted_rates(measured_trainings(plan, results, done, facts), prior.training),
          fitted_rates(measured_probes(plan, results, done, facts), prior.probe), n_measured};
}

double memory_bytes(const Trial& trial, const DataFacts& facts) {
  if (trial.kind == ModelKind::classifier) return program_bytes + classifier_bytes(trial, facts);
  double bytes = program_bytes + features_bytes(trial, facts) + probe_bytes(trial, facts);
  if (trial.kind == ModelKind::raw) return bytes;
  if (trial.training == LayerTraining::joint)
    return bytes + layers_bytes(trial, mirrored_layer_sizes(trial.layers, facts.n_inputs));
  const double copies = trial.optimizer == Optimizer::adam ? 4 : 3;  // itself, optimiser state, to be stored
  return bytes + copies * network_bytes(trial, facts) + 2 * batch_bytes(trial, facts);
}

double dataset_bytes(const DataFacts& facts) { return samples(facts) * facts.n_inputs * float_bytes; }

}  // namespace ksweep
