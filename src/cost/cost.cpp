#include "cost/cost.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>
#include <utility>

#include "core/trial_keys.h"
#include "cost/probe_memory.h"
#include "cost/products.h"
#include "cost/training_memory.h"

namespace ksweep {
namespace {

// More trials would not improve the rates.
constexpr std::size_t enough_to_fit = 2000;

/// In a job, trials that keep equally many activations share the time of encoding equally.
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

/// Trials of one training with the same start time were one job; each recorded an equal share of its time.
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
  // Leaves out whole trainings, not single trials of them.
  const std::uint64_t one_of = 1 + done.size() / enough_to_fit;
  std::erase_if(done, [&](std::size_t i) { return plan[i].training_id % one_of != 0; });
  if (done.empty()) return prior;
  return {fitted_rates(measured_trainings(plan, results, done, facts), prior.training),
          fitted_rates(measured_probes(plan, results, done, facts), prior.probe), n_measured};
}

double memory_bytes(const Trial& trial, const DataFacts& facts) {
  const double probe = trial.kind == ModelKind::classifier ? 0 : probe_memory_bytes(trial, facts);
  const auto [learning, reading] = training_memory(trial, facts);
  return program_bytes + std::max(learning + (trial.probe_every > 0 ? probe : 0), reading + probe);
}

double dataset_bytes(const DataFacts& facts) {
  return facts.is_streamed ? 0 : all_samples(facts) * facts.n_inputs * float_bytes;
}

}  // namespace ksweep
