#include "cli/plan.h"

#include <algorithm>
#include <cmath>
#include <iostream>
#include <map>

#include "cli/data_facts.h"
#include "cli/help.h"
#include "cli/text.h"
#include "core/errors.h"
#include "core/sha256.h"
#include "core/trial_keys.h"
#include "schedule/policy.h"
#include "schedule/simulate.h"
#include "store/store.h"
#include "sweep/cost.h"

namespace ksweep {
namespace {

using Facts = std::function<DataFacts(const Trial&)>;

std::vector<std::uint32_t> missing_trials(const std::vector<PlannedTrial>& plan, const Store& store) {
  std::vector<std::uint32_t> missing;
  for (std::uint32_t i = 0; i < plan.size(); ++i)
    if (!store.has(plan[i].id, identity(plan[i].trial))) missing.push_back(i);
  return missing;
}

PlanSummary summarise(const std::vector<PlannedTrial>& plan, const std::vector<std::uint32_t>& missing,
                      const Facts& facts, int n_ranks) {
  PlanSummary summary;
  summary.n_trials = plan.size();
  summary.n_stored = plan.size() - missing.size();
  std::map<std::string, double> set_bytes;
  for (const PlannedTrial& planned : plan) {
    const DataFacts data = facts(planned.trial);
    summary.rank_bytes = std::max(summary.rank_bytes, memory_bytes(planned.trial, data));
    double& bytes = set_bytes[planned.trial.data_set];
    bytes = std::max(bytes, dataset_bytes(data));
  }
  for (const auto& [set, bytes] : set_bytes) summary.node_bytes += bytes;

  const auto jobs = make_jobs(plan, missing, facts);
  const auto costs_s = job_costs_s(jobs);
  summary.n_trainings = jobs.size();
  for (const double cost_s : costs_s) summary.core_s += cost_s;
  SimulatedMachine machine;
  machine.n_ranks = n_ranks;
  summary.wall_s = simulate(machine, costs_s, costs_s).wall_s;
  return summary;
}

void print_axes(const Sweep& sweep) {
  const char* title = "axes";
  for (const Axis& axis : sweep.axes) {
    std::string values;
    const std::size_t shown = axis.values.size() <= 10 ? axis.values.size() : 8;
    for (std::size_t i = 0; i < shown; ++i) values += (i ? ", " : "") + axis.values[i];
    if (shown < axis.values.size())
      values += ", ... " + axis.values.back() + " (" + count_text(double(axis.values.size()), "value") + ")";
    std::printf("%-11s%s = %s\n", title, axis.key.c_str(), values.c_str());
    title = "";
  }
}

void print_data(const std::vector<PlannedTrial>& plan, const Facts& facts) {
  std::map<std::string, DataFacts> sets;
  for (const PlannedTrial& planned : plan) sets.try_emplace(planned.trial.data_set, facts(planned.trial));
  for (const auto& [set, data] : sets)
    std::printf("%-11s%s: %d inputs, %d classes; %zu training, %zu validation, %zu test samples\n", "data",
                set.c_str(), data.n_inputs, data.n_classes, data.n_train, data.n_validation, data.n_test);
}

void print_summary(const PlanSummary& summary, const PlanOptions& options) {
  const std::size_t n_missing = summary.n_trials - summary.n_stored;
  std::string trials = count_text(double(summary.n_trials), "trial");
  if (summary.n_stored > 0)
    trials += ": " + std::to_string(summary.n_stored) + " stored in " + options.output.string() + ", " +
              std::to_string(n_missing) + " to do";
  if (summary.n_trainings != n_missing)
    trials += ", in " + count_text(double(summary.n_trainings), "training");
  std::printf("%-11s%s\n", "trials", trials.c_str());
  std::printf("%-11s%s a rank, and %s of samples once a node\n", "memory",
              bytes_text(summary.rank_bytes).c_str(), bytes_text(summary.node_bytes).c_str());
  std::printf("%-11s%.3g core-hours; %s on %s of one thread (estimates)\n", "time", summary.core_s / 3600,
              duration_text(summary.wall_s).c_str(), count_text(options.n_ranks, "rank").c_str());
}

void print_trials(const Sweep& sweep, const std::vector<PlannedTrial>& plan, const Facts& facts, bool all) {
  const std::size_t shown = all ? plan.size() : std::min<std::size_t>(plan.size(), 5);
  std::printf("\n%-16s  %10s  trial\n", "id", "predicted");
  for (std::size_t i = 0; i < shown; ++i) {
    const Trial& trial = plan[i].trial;
    std::printf("%s  %10s  %s\n", id_text(plan[i].id).c_str(),
                duration_text(predicted_time_s(trial, facts(trial))).c_str(),
                trial_text(sweep.axes, trial).c_str());
  }
  if (shown < plan.size()) std::printf("... and %zu more (--list)\n", plan.size() - shown);
}

}  // namespace

std::string batch_lines(const PlanSummary& summary, int n_ranks) {
  // Half as much again, five minutes for the start, in steps of five minutes.
  const auto minutes = 5 * static_cast<long long>(std::ceil((summary.wall_s * 1.5 / 60 + 5) / 5));
  const auto megabytes =
      static_cast<long long>(std::ceil((summary.rank_bytes * 1.5 + summary.node_bytes) / 1e8)) * 100;
  char text[256];
  std::snprintf(text, sizeof text,
                "#SBATCH --ntasks=%d\n#SBATCH --cpus-per-task=1\n#SBATCH --mem-per-cpu=%lldM\n"
                "#SBATCH --time=%02lld:%02lld:00\n",
                n_ranks, megabytes, minutes / 60, minutes % 60);
  return text;
}

int plan_command(const PlanOptions& options) {
  if (options.keys) {
    std::cout << keys_text();
    return static_cast<int>(ExitCode::done);
  }
  const Sweep sweep = read_sweep(options.sweep, options.overrides);
  DataFactsReader reader(options.data_dir);
  const Facts facts = [&](const Trial& trial) { return reader(trial); };
  const auto plan = plan_trials(sweep, facts);
  const auto missing = missing_trials(plan, Store(options.output));
  const PlanSummary summary = summarise(plan, missing, facts, options.n_ranks);

  std::printf("%s\n", sweep.title.c_str());
  print_axes(sweep);
  print_data(plan, facts);
  print_summary(summary, options);
  if (!missing.empty())
    std::printf("\nIn a Slurm batch script:\n%s", batch_lines(summary, options.n_ranks).c_str());
  print_trials(sweep, plan, facts, options.list);
  return static_cast<int>(ExitCode::done);
}

}  // namespace ksweep
