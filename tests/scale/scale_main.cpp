// What a large grid costs on 1, 16 and 256 nodes, as the tables of docs/scale.md.
//   scale_tables SWEEP [NAME=VALUE]...
// SWEEP: jobs/activations.cfg, whose recipe the grid takes.  NAME: of an assumption.
#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <numeric>
#include <stdexcept>
#include <string>

#include "cluster.h"
#include "core/trial_keys.h"
#include "cost/cost.h"
#include "cost/jobs.h"
#include "cost/training_memory.h"
#include "data/split.h"
#include "run/memory_check.h"
#include "schedule/policy.h"
#include "sweep/read_sweep.h"

namespace ksweep {
namespace {

constexpr int n_inputs = 1024;
constexpr int node_counts[] = {1, 16, 256};

/// One pass over the training part; otherwise the recipe of the sweep file.
const std::vector<std::string> overrides{"model.hidden=4096, 8192, 16384",
                                         "model.k=8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384",
                                         "train.seed=0..5",
                                         "train.samples=0",
                                         "train.epochs=1",
                                         "model.dead_after=10000000",
                                         "data.set=activations",
                                         "data.test_part=last",
                                         "data.validation=100000",
                                         "data.test=100000"};

Grid grid_of(const std::string& file, const Assumptions& a) {
  const Sweep sweep = read_sweep(file, overrides);
  const auto n_samples = static_cast<std::size_t>(a.samples),
             n_test = n_samples / 6;  // as data/test_part.cpp
  const PartSizes parts = part_sizes(sweep.trials.front(), false, n_samples - n_test, n_test);
  Grid grid;
  grid.facts = {.content_hash = "0",
                .n_inputs = n_inputs,
                .n_classes = 0,
                .n_train = parts.train,
                .n_validation = parts.validation,
                .n_test = parts.test,
                .is_streamed = true};
  const FactsOf facts = [&](const Trial&) { return grid.facts; };
  grid.plan = plan_trials(sweep, facts);
  std::vector<std::uint32_t> all(grid.plan.size());
  for (std::uint32_t i = 0; i < all.size(); ++i) all[i] = i;
  grid.jobs = make_jobs(grid.plan, all, facts, default_rates());
  grid.rank_bytes = memory_demand(grid.plan, grid.jobs, facts, 1).job_bytes;
  DataFacts few = grid.facts;
  few.n_train = few.n_validation = few.n_test = static_cast<std::size_t>(sweep.trials.front().batch);
  const auto of_few = [&](const Trial&) { return few; };
  grid.bytes_without_rows = memory_demand(grid.plan, grid.jobs, of_few, 1).job_bytes;
  for (const Job& job : grid.jobs) {
    const Trial& trial = grid.plan[job.trials.front()].trial;
    grid.state_bytes.push_back(state_bytes(trial, grid.facts));
    grid.gradient_bytes.push_back(grid.state_bytes.back() / (1 + n_moments(trial.optimizer)));
  }
  return grid;
}

void print_assumptions(const Assumptions& a) {
  std::puts("| assumption | value | meaning |\n| --- | --- | --- |");
  for (const Assumption& row : assumptions)
    fmt::print("| `{}` | {:g} | {} |\n", row.name, a.*row.value, row.meaning);
}

/// Prints what the program's cost model says of the trials of one size.
void print_size(const Grid& grid, int n_hidden) {
  std::vector<std::size_t> jobs;
  for (std::size_t i = 0; i < grid.jobs.size(); ++i)
    if (grid.plan[grid.jobs[i].trials.front()].trial.n_hidden == n_hidden) jobs.push_back(i);
  const std::size_t longest = jobs.front(), shortest = jobs.back();
  const Trial& trial = grid.plan[grid.jobs[longest].trials.front()].trial;
  const double mini_batch_s =
      grid.jobs[longest].predicted_s * trial.batch / static_cast<double>(grid.facts.n_train);
  fmt::print("| {} | {} | {:.0f} to {:.0f} | {:.2f} | {:.0f} | {:.0f} | {:.1f} | {:.1f} |\n", n_hidden,
             jobs.size(), grid.jobs[shortest].predicted_s / 3600, grid.jobs[longest].predicted_s / 3600,
             mini_batch_s, grid.gradient_bytes[longest] / 1e6, grid.state_bytes[longest] / 1e6,
             grid.rank_bytes[longest] / 1e9, grid.bytes_without_rows[longest] / 1e9);
}

void print_sizes(const Grid& grid) {
  std::puts(
      "\n| units | trials | core-hours of a trial | core-seconds of a mini-batch | its gradient, MB | checkpoint, MB | "
      "memory of a rank, GB | without rows, GB |"
      "\n| --- | --- | --- | --- | --- | --- | --- | --- |");
  for (const int n_hidden : {4096, 8192, 16384}) print_size(grid, n_hidden);
}

void print_grid(const Grid& grid, const Assumptions& a) {
  const double n_train = static_cast<double>(grid.facts.n_train), row_bytes = n_inputs * a.number_bytes;
  const double n_jobs = static_cast<double>(grid.jobs.size()), days_of_read = a.read_latency_ms / 1e3 / 86400;
  const std::vector<double> core_s = job_costs_s(grid.jobs);
  std::puts("\n| the whole grid | |\n| --- | --- |");
  const auto row = [](const char* what, const std::string& value) {
    fmt::print("| {} | {} |\n", what, value);
  };
  row("core-hours, on single threads that never wait",
      fmt::format("{:.0f}", std::accumulate(core_s.begin(), core_s.end(), 0.0) / 3600));
  row("samples in the files, TB", fmt::format("{:.2f}", a.samples * row_bytes / 1e12));
  row("the same in single precision, TB", fmt::format("{:.2f}", a.samples * n_inputs * sizeof(float) / 1e12));
  row("samples that a trial trains on, millions", fmt::format("{:.0f}", n_train / 1e6));
  row("one pass of every trial, TB", fmt::format("{:.0f}", n_jobs * n_train * row_bytes / 1e12));
  row("ranks that the memory of a node holds", fmt::format("{}", ranks_in_memory(grid.rank_bytes, a)));
  row("the same without the numbers of rows", fmt::format("{}", ranks_in_memory(grid.bytes_without_rows, a)));
  row("a pass of one thread over the training part, one read after the other, days",
      fmt::format("{:.1f}", n_train * days_of_read));
  row("the same over a sixth of all samples, days", fmt::format("{:.1f}", a.samples / 6 * days_of_read));
}

void print_times(const std::vector<std::pair<const Reading*, Cost>>& rows) {
  std::puts(
      "\n| reading | nodes | ranks x threads a node | start, h | trials, days | core-hours | computing | without a trial | bottleneck |"
      "\n| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
  for (const auto& [how, cost] : rows)
    fmt::print("| {} | {} | {} x {} | {:.1f} | {:.2f} | {:.0f} | {:.0f} % | {:.0f} % | {} |\n", how->name,
               cost.cluster.n_nodes, cost.cluster.ranks_per_node, cost.cluster.n_threads, cost.start_s / 3600,
               cost.run_s / 86400, cost.core_hours, 100 * cost.computing_share, 100 * cost.idle_share,
               cost.bottleneck);
}

void print_loads(const std::vector<std::pair<const Reading*, Cost>>& rows) {
  std::puts(
      "\n| reading | nodes | samples asked, a second | there are | bytes asked, GB/s | checkpoints, GB/s | messages to rank 0, a second | it serves, a second |"
      "\n| --- | --- | --- | --- | --- | --- | --- | --- |");
  for (const auto& [how, cost] : rows)
    fmt::print("| {} | {} | {:.3g} | {:.3g} | {:.3g} | {:.3g} | {:.0f} | {:.0f} |\n", how->name,
               cost.cluster.n_nodes, cost.asked_per_s, cost.limit_per_s, cost.asked_gb_per_s,
               cost.checkpoint_gb_per_s, cost.messages_per_s, cost.served_per_s);
}

/// Sets an assumption from NAME=VALUE.
void assume(Assumptions& a, const std::string& text) {
  const std::size_t equals = std::min(text.find('='), text.size());
  const std::string name = text.substr(0, equals), value = text.substr(std::min(equals + 1, text.size()));
  char* end = nullptr;
  const double number = std::strtod(value.c_str(), &end);
  const auto row = std::ranges::find(assumptions, name, &Assumption::name);
  if (row == assumptions.end() || end == value.c_str() || *end != 0 || !(number > 0) ||
      !std::isfinite(number))
    throw std::invalid_argument(
        text +
        ": is no assumption of the table with a positive value. Give NAME=VALUE, as read_latency_ms=1.");
  a.*row->value = number;
}

void print_tables(const std::string& sweep, const Assumptions& a) {
  const Grid grid = grid_of(sweep, a);
  print_assumptions(a);
  print_sizes(grid);
  print_grid(grid, a);
  std::vector<std::pair<const Reading*, Cost>> rows;
  for (const Reading& how : readings)
    for (const int n_nodes : node_counts) rows.emplace_back(&how, cheapest(grid, a, how, n_nodes));
  print_times(rows);
  print_loads(rows);
}

}  // namespace
}  // namespace ksweep

int main(int argc, char** argv) {
  try {
    if (argc < 2) throw std::invalid_argument("usage: scale_tables SWEEP [NAME=VALUE]...");
    ksweep::Assumptions assumed;
    for (int i = 2; i < argc; ++i) ksweep::assume(assumed, argv[i]);
    ksweep::print_tables(argv[1], assumed);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "scale_tables: %s\n", error.what());
    return 1;
  }
}
