#include "sweep/cost.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>
#include <utility>

#include "core/layer_sizes.h"
#include "core/trial_keys.h"
#include "sweep/probe_memory.h"

namespace ksweep {
namespace {

using FactsOf = std::function<DataFacts(const Trial&)>;

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

/// Trials of one job that keep as many activations had an equal share of encoding each.
std::vector<MeasuredWork> measured_probes(const std::vector<PlannedTrial>& plan,
                                          const std::vector<TrialResult>& results,
                                          const std::vector<std::size_t>& chosen, const FactsOf& facts) {
  using Codes = std::tuple<std::uint64_t, double, int>;
  const auto codes_of = [&](std::size_t i) {
    return Codes(plan[i].training_id, results[i].started_unix_s, encoding_k(plan[i].trial));
  };
  std::map<Codes, int> n_sharing;
  for (const std::size_t i : chosen) ++n_sharing[codes_of(i)];
  std::vector<MeasuredWork> measured;
  for (const std::size_t i : chosen)
    measured.push_back({probe_work(plan[i].trial, facts(plan[i].trial), n_sharing[codes_of(i)]),
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

double probe_time_s(const Trial& trial, const DataFacts& facts, const Rates& rates, int n_sharing) {
  return time_s(probe_work(trial, facts, n_sharing), rates.probe);
}

double probes_time_s(const std::vector<PlannedTrial>& plan, const std::vector<std::uint32_t>& trials,
                     const FactsOf& facts, const Rates& rates) {
  std::map<int, int> n_sharing;
  for (const std::uint32_t position : trials) ++n_sharing[encoding_k(plan.at(position).trial)];
  double sum_s = 0;
  for (const std::uint32_t position : trials) {
    const Trial& trial = plan.at(position).trial;
    sum_s += probe_time_s(trial, facts(trial), rates, n_sharing[encoding_k(trial)]);
  }
  return sum_s;
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
  double bytes = program_bytes + probe_memory_bytes(trial, facts);
  if (trial.kind == ModelKind::raw) return bytes;
  if (trial.training == LayerTraining::joint)
    return bytes + layers_bytes(trial, mirrored_layer_sizes(trial.layers, facts.n_inputs));
  const double copies = trial.optimizer == Optimizer::adam ? 4 : 3;  // itself, optimiser state, to be stored
  return bytes + copies * network_bytes(trial, facts) + 2 * batch_bytes(trial, facts);
}

double dataset_bytes(const DataFacts& facts) { return samples(facts) * facts.n_inputs * float_bytes; }

}  // namespace ksweep
