#include "cli/plan.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <iostream>
#include <numeric>
#include <set>

#include "base/control_groups.h"
#include "base/errors.h"
#include "base/host.h"
#include "base/process.h"
#include "base/sha256.h"
#include "cli/help.h"
#include "cli/race_cost.h"
#include "cli/resolution.h"
#include "core/starting_file.h"
#include "core/trial_keys.h"
#include "cost/cost.h"
#include "cost/jobs.h"
#include "data/load.h"
#include "run/added_k.h"
#include "run/data_facts_reader.h"
#include "run/data_notes.h"
#include "run/memory_check.h"
#include "run/starting_weights.h"
#include "run/stored_rates.h"
#include "run/stored_results.h"
#include "run/text.h"
#include "schedule/policy.h"
#include "store/store.h"
#include "sweep/read_sweep.h"

namespace ksweep {
namespace {

std::vector<std::uint32_t> missing_trials(const std::vector<TrialResult>& results) {
  std::vector<std::uint32_t> missing;
  for (std::uint32_t i = 0; i < results.size(); ++i)
    if (results[i].status == Status::missing) missing.push_back(i);
  return missing;
}

PlanSummary summarise(const std::vector<PlannedTrial>& plan, const std::vector<TrialResult>& results,
                      const std::vector<std::uint32_t>& missing, const FactsOf& facts, const Rates& rates) {
  PlanSummary summary;
  summary.n_trials = plan.size();
  summary.n_stored = plan.size() - missing_trials(results).size();
  summary.n_to_do = missing.size();
  summary.n_measured = rates.n_measured;
  Demand& demand = summary.demand;
  for (const PlannedTrial& planned : plan)
    demand.rank_bytes = std::max(demand.rank_bytes, memory_bytes(planned.trial, facts(planned.trial)));
  summary.has_aux =
      std::ranges::any_of(missing, [&](std::uint32_t i) { return plan[i].trial.aux_weight > 0; });
  const auto jobs = make_jobs(plan, missing, facts, rates);
  demand.core_s = job_costs_s(jobs);
  summary.memory = memory_demand(plan, jobs, facts, 1);
  demand.node_bytes = summary.memory.data_bytes;
  return summary;
}

void print_axes(const Sweep& sweep) {
  const char* title = "axes";
  for (const Axis& axis : sweep.axes) {
    std::string values;
    const std::size_t shown = axis.values.size() <= 10 ? axis.values.size() : 8;
    for (std::size_t i = 0; i < shown; ++i) values += (i ? ", " : "") + axis.values[i];
    if (shown < axis.values.size())
      values +=
          fmt::format(", ... {} ({})", axis.values.back(), count_text(double(axis.values.size()), "value"));
    std::printf("%-11s%s = %s\n", title, axis.key.c_str(), values.c_str());
    title = "";
  }
}

void print_data(const Sweep& sweep, DataFactsReader& reader) {
  std::set<std::string> shown;
  for (const Trial& trial : sweep.trials)
    if (shown.insert(prepared_name(trial)).second)
      std::printf("%-11s%s\n", "data", data_text(trial, reader(trial), reader.of(trial)).c_str());
  const auto notes =
      data_notes(sweep.trials, [&](const Trial& trial) -> const Dataset& { return reader.of(trial); });
  for (const std::string& note : notes) std::printf("%-11s%s\n", "note", note.c_str());
}

void print_starts(const Sweep& sweep, const std::vector<std::string>& notes) {
  std::set<std::string> shown;
  for (const Trial& trial : sweep.trials)
    if (starts_from_file(trial.start_from) && shown.insert(trial.start_from).second)
      std::printf("%-11s%s\n", "start", trial.start_from.c_str());
  for (const std::string& note : notes) std::printf("%-11s%s\n", "note", note.c_str());
}

void print_summary(const PlanSummary& summary, const PlanOptions& options) {
  const std::size_t n_trainings = summary.demand.core_s.size();
  std::string trials = count_text(double(summary.n_trials), "trial");
  if (summary.n_stored > 0)
    trials += fmt::format(": {} stored in {}, {} to do", summary.n_stored, options.output.string(),
                          summary.n_to_do);
  if (n_trainings != summary.n_to_do) trials += ", in " + count_text(double(n_trainings), "training");
  std::printf("%-11s%s\n", "trials", trials.c_str());
  std::printf("%-11s%s a rank, and %s of samples once a node\n", "memory",
              bytes_text(summary.demand.rank_bytes).c_str(), bytes_text(summary.demand.node_bytes).c_str());
  const double core_s = std::accumulate(summary.demand.core_s.begin(), summary.demand.core_s.end(), 0.0);
  const std::string source =
      summary.n_measured > 0
          ? fmt::format("calibrated by {} stored in {}", count_text(summary.n_measured, "trial"),
                        options.output.string())
          : std::string(
                "estimates for a machine like one core of an AMD EPYC with AVX-512, not measured here");
  std::printf("%-11s%.3g core-hours (%s)\n", "time", core_s / 3600, source.c_str());
  if (!summary.added_s.empty())
    std::printf(
        "%-11s%.3g more for values of k that the race may add, in the wall time and time limit below\n", "",
        std::accumulate(summary.added_s.begin(), summary.added_s.end(), 0.0) / 3600);
  if (summary.has_aux && summary.n_measured == 0)
    std::printf(
        "%-11sthe time of AuxK goes with the dead units: reckoned is with %.3g %% of all, until trials are "
        "measured\n",
        "", 100 * expected_dead_share);
}

/// Prints which differences the seeds resolve, by what the report judges by.
void print_resolution(const Sweep& sweep, const std::vector<PlannedTrial>& plan,
                      const std::vector<TrialResult>& results, const FactsOf& facts, const Rates& rates) {
  const bool has_classes = std::ranges::any_of(
      plan, [&](const PlannedTrial& planned) { return facts(planned.trial).n_classes > 0; });
  const bool any_done =
      std::ranges::any_of(results, [](const TrialResult& each) { return each.status == Status::done; });
  const ReportMetric& metric = any_done ? metric_of(sweep.report_metric, results)
                                        : metric_among(sweep.report_metric, [&](const ReportMetric& each) {
                                            return has_classes || !each.is_accuracy();
                                          });
  const Resolution resolution = resolution_of(plan, results, metric);
  std::vector<std::uint32_t> all(plan.size());
  std::iota(all.begin(), all.end(), 0u);
  const auto core_s = job_costs_s(make_jobs(plan, all, facts, rates));
  const double total_s = std::accumulate(core_s.begin(), core_s.end(), 0.0);
  const double n_seeds = static_cast<double>(std::max<std::size_t>(1, resolution.n_seeds));
  std::fputs(resolution_text(resolution, metric, total_s / n_seeds).c_str(), stdout);
}

/// Returns how the race of a sweep stands by its stored results; nothing if all trials are trained.
std::optional<Race> race_of(const Sweep& sweep, const std::vector<PlannedTrial>& plan,
                            const std::vector<TrialResult>& results, const FactsOf& facts) {
  if (!sweep.race) return std::nullopt;
  return std::optional<Race>(std::in_place, *sweep.race, metric_of_race(sweep, plan, facts), results,
                             std::nullopt);
}

/// Prints ranks and threads: as requested, or the best for the machine, with the reason.
RankLayout print_layout(const PlanSummary& summary, const PlanOptions& options) {
  const Demand demand = summary.whole_demand();
  const Limit memory = allowed_memory();
  if (options.n_ranks) {
    MemoryDemand asked = summary.memory;
    asked.n_ranks = *options.n_ranks;
    const std::string fault = memory_fault(asked, memory);
    if (!fault.empty()) std::printf("%-11s%s\n", "too much", fault.c_str());
    const RankLayout layout{*options.n_ranks, 1, wall_time_s(demand.core_s, *options.n_ranks, 1)};
    std::printf("%-11s%s on %s of one thread, longest trainings first\n", "wall time",
                duration_text(layout.wall_s).c_str(), count_text(layout.n_ranks, "rank").c_str());
    const std::string idle = note_on_idle_ranks(layout.n_ranks, demand.core_s.size());
    if (!idle.empty()) std::printf("%-11s%s\n", "idle", idle.c_str());
    return layout;
  }
  const Machine machine{options.cores.value_or(usable_cpus()), memory.amount};
  const auto layouts = possible_layouts(demand, machine);
  if (layouts.empty())
    throw UserError(
        "{}: one rank needs {}, more than the {} of this machine ({}): the sweep cannot run there. Use a "
        "smaller net or fewer samples, or plan for another machine with --memory.",
        options.sweep.string(), bytes_text(demand.rank_bytes + demand.node_bytes),
        bytes_text(machine.memory_bytes), memory.source);
  const Limit quota = group_limits().cpus;
  if (!options.cores && quota.amount < static_cast<double>(allowed_cpus().size()))
    std::printf("%-11sCPU time worth %.3g of the %zu CPUs (%s)\n", "quota", quota.amount,
                allowed_cpus().size(), quota.source.c_str());
  const RankLayout& best = layouts.front();
  std::printf("%-11s%s on %s: %s; %s\n", "best", layout_text(best).c_str(),
              count_text(machine.cores, "core").c_str(), duration_text(best.wall_s).c_str(),
              reason_for(best, demand, machine).c_str());
  if (layouts.size() > 1) {
    const bool alike = are_alike(layouts[1].wall_s, best.wall_s);
    std::printf("%-11s%s: %s%s\n", alike ? "as good" : "next best", layout_text(layouts[1]).c_str(),
                duration_text(layouts[1].wall_s).c_str(),
                alike ? ", no different within the accuracy of the prediction" : "");
  }
  return best;
}

std::string run_command_text(const PlanOptions& options, const RankLayout& layout) {
  std::vector<std::string> words{program_word(), "run", options.sweep.string()};
  if (options.output != std::filesystem::path("results") / options.sweep.stem())
    words.insert(words.end(), {"--output", options.output.string()});
  if (!options.data_dir.empty()) words.insert(words.end(), {"--data-dir", options.data_dir.string()});
  for (const std::string& setting : options.overrides) words.insert(words.end(), {"--set", setting});
  if (layout.n_ranks > 1) words.insert(words.end(), {"--ranks", std::to_string(layout.n_ranks)});
  words.insert(words.end(), {"--threads", std::to_string(layout.n_threads)});
  return shell_command(words);
}

void print_rates(const Rates& rates) {
  const Rates defaults = default_rates();
  std::printf("\n%-22s%12s%12s  a unit\n", "seconds for a unit", "here", "default");
  const auto print = [](const char* part, std::span<const WorkKind> kinds, const std::vector<double>& here,
                        const std::vector<double>& fallback) {
    for (std::size_t i = 0; i < kinds.size(); ++i)
      std::printf("%-9s%-13s%12.3g%12.3g  %s\n", part, kinds[i].name, here[i], fallback[i], kinds[i].unit);
  };
  print("training", training_kinds(), rates.training, defaults.training);
  print("probe", probe_kinds(), rates.probe, defaults.probe);
}

void print_trials(const Sweep& sweep, const std::vector<PlannedTrial>& plan, const FactsOf& facts,
                  const Rates& rates, bool all) {
  const std::size_t shown = all ? plan.size() : std::min<std::size_t>(plan.size(), 5);
  std::printf("\n%-16s  %10s  trial\n", "id", "predicted");
  for (std::size_t i = 0; i < shown; ++i) {
    const Trial& trial = plan[i].trial;
    std::printf("%s  %10s  %s\n", id_text(plan[i].id).c_str(),
                duration_text(predicted_time_s(trial, facts(trial), rates)).c_str(),
                trial_text(sweep.axes, trial).c_str());
  }
  if (shown < plan.size()) std::printf("... and %zu more (--list)\n", plan.size() - shown);
}

}  // namespace

Demand PlanSummary::whole_demand() const {
  Demand whole = demand;
  whole.core_s.insert(whole.core_s.end(), added_s.begin(), added_s.end());
  return whole;
}

std::string batch_lines(const PlanSummary& summary, const RankLayout& layout) {
  // One and a half times the prediction, plus five minutes for the start, in steps of five minutes.
  const auto minutes = 5 * static_cast<long long>(std::ceil((layout.wall_s * 1.5 / 60 + 5) / 5));
  const double rank_bytes = summary.demand.rank_bytes * 1.5 + summary.demand.node_bytes;
  const auto megabytes = static_cast<long long>(std::ceil(rank_bytes / layout.n_threads / 1e8)) * 100;
  return fmt::format(
      "#SBATCH --ntasks={}\n#SBATCH --cpus-per-task={}\n#SBATCH --mem-per-cpu={}M\n#SBATCH "
      "--time={:02}:{:02}:00\n",
      layout.n_ranks, layout.n_threads, megabytes, minutes / 60, minutes % 60);
}

int plan_command(const PlanOptions& options) {
  if (options.keys) {
    std::cout << (options.key.empty() ? keys_text() : key_text(options.key));
    return static_cast<int>(ExitCode::done);
  }
  allow_memory_given(options.memory_gb);
  Sweep sweep = read_sweep(options.sweep, options.overrides);
  DataFactsReader reader(options.data_dir, sweep.folder);
  const auto start_notes =
      settle_starts(sweep, {sweep.folder, options.data_dir},
                    [&](const Trial& trial) -> const Dataset& { return reader.of(trial); });
  const FactsOf facts = [&](const Trial& trial) { return reader(trial); };
  const auto added = add_values_of_k(sweep, facts, Store(options.output), std::nullopt, true);
  const auto plan = plan_trials(sweep, facts);
  const auto results = stored_results(plan, Store(options.output));
  const auto race = race_of(sweep, plan, results, facts);
  const auto missing = race ? race->possible_trials() : missing_trials(results);
  const Rates rates = calibrated_rates(plan, results, facts, stored_rates(options.output));
  PlanSummary summary = summarise(plan, results, missing, facts, rates);
  std::string race_lines;
  if (race) {
    const RaceCost cost = race_cost(*race, *sweep.race, plan, facts, rates);
    race_lines = race_cost_text(cost);
    summary.added_s = cost.expected_s();
  }

  std::printf("%s\n", sweep.title.c_str());
  for (const std::string& note : sweep.notes) std::printf("%-11s%s\n", "note", note.c_str());
  print_axes(sweep);
  print_data(sweep, reader);
  print_starts(sweep, start_notes);
  print_summary(summary, options);
  std::fputs(race_lines.c_str(), stdout);
  print_resolution(sweep, plan, results, facts, rates);
  if (!missing.empty()) {
    const RankLayout layout = print_layout(summary, options);
    std::printf("\nOn one machine:\n%s\n\nIn a Slurm batch script:\n%s",
                run_command_text(options, layout).c_str(), batch_lines(summary, layout).c_str());
  }
  if (options.rates) print_rates(rates);
  print_trials(sweep, plan, facts, rates, options.list);
  return static_cast<int>(ExitCode::done);
}

}  // namespace ksweep
