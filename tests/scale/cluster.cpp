#include "cluster.h"

#include <algorithm>
#include <chrono>
#include <numeric>

#include "cost/cost.h"
#include "run/job_checkpoint.h"
#include "run/memory_check.h"
#include "run/run_options.h"
#include "schedule/coordinator.h"
#include "schedule/policy.h"
#include "schedule/simulate.h"
#include "schedule/worker.h"

namespace ksweep {
namespace {

constexpr double service_s = 2e-6;          // of rank 0 for a message, as in tests/schedule/simulate_test.cpp
constexpr double hashes_of_checkpoint = 2;  // train/checkpoint.cpp and the seal of the file

/// One run of the grid, on a cluster that is divided in one way.
struct Run {
  const Grid& grid;
  const Assumptions& a;
  const Reading& how;
  Cluster cluster;

  int n_busy() const { return std::min(cluster.n_ranks(), static_cast<int>(grid.jobs.size())); }
  double row_bytes() const { return grid.facts.n_inputs * a.number_bytes; }
  double n_train() const { return static_cast<double>(grid.facts.n_train); }
  double reads() const { return (how.passes_on_one_thread + how.passes_on_all_threads) * n_train(); }

  double limit_of_rank() const {
    const int on_node = std::min(cluster.ranks_per_node, n_busy());
    return Storage{cluster.n_nodes, on_node, n_busy(), row_bytes()}.limit_of_rank(a, how);
  }

  double compute_s(std::size_t job, double threads) const {
    if (!how.together || threads == 1) return grid.jobs[job].predicted_s / thread_speedup(threads);
    const Trial& trial = grid.plan[grid.jobs[job].trials.front()].trial;
    const double exchanged =
        2 * grid.gradient_bytes[job] * n_train() / trial.batch;  // summed, then distributed
    return grid.jobs[job].predicted_s / threads + exchanged / (1e9 * a.exchange_gb_per_s);
  }

  TrialTime time_of(std::size_t job, double threads) const {
    const double latency_ms = how.own_disk ? a.disk_latency_ms : a.read_latency_ms;
    const double wait_s = how.ahead ? 0 : 1e-3 * latency_ms * n_train();
    return {compute_s(job, threads), how.passes_on_one_thread * wait_s,
            how.passes_on_all_threads * wait_s / threads, reads() / limit_of_rank()};
  }

  TrialTime time_of_longest() const { return time_of(0, cluster.n_threads); }

  std::vector<double> times_s() const {
    std::vector<double> times;
    for (std::size_t job = 0; job < grid.jobs.size(); ++job)
      times.push_back(time_of(job, cluster.n_threads).total_s());
    return times;
  }

  /// What the cores of one idle rank add: with those of all ranks of the node a trial is as fast as on all its cores.
  double lent_speed() const {
    if (cluster.ranks_per_node == 1) return 0;
    const double faster = time_of_longest().total_s() / time_of(0, a.cores).total_s();
    return std::max(0.0, faster - 1) / (cluster.ranks_per_node - 1);
  }

  /// Rank 0 answers between its mini-batches.
  double mini_batch_s() const {
    const Trial& trial = grid.plan[grid.jobs.front().trials.front()].trial;
    const TrialTime time = time_of_longest();
    const double share = 1 / how.passes_on_all_threads;
    const double pass_s = std::max(time.compute_s + share * time.all_threads_s, share * time.limited_s);
    return pass_s * trial.batch / n_train();
  }

  double wall_s(double lent) const {
    const std::vector<double> times = times_s();
    const SimulatedMachine machine{cluster.n_ranks(), mini_batch_s() + 1e-6 * a.message_delay_us, service_s,
                                   cluster.ranks_per_node, lent};
    return simulate(machine, job_costs_s(grid.jobs), times).wall_s;
  }

  double start_s() const {
    const double bytes = a.samples * row_bytes();
    const double copy_s =
        std::max(bytes / (1e9 * a.node_gb_per_s), cluster.n_nodes * bytes / (1e9 * a.shared_gb_per_s));
    const double pass_s = a.samples * grid.facts.n_inputs * sizeof(float) / (1e9 * a.one_thread_gb_per_s);
    return how.start_passes * pass_s + (how.own_disk ? copy_s : 0);
  }

  double checkpoint_bytes_per_s() const {
    double sum = 0;
    for (const double bytes : grid.state_bytes) {
      const double save_s =
          bytes / 1e9 * (hashes_of_checkpoint / a.one_thread_gb_per_s + 1 / a.write_gb_per_s);
      sum +=
          bytes / std::max<double>(RunOptions{}.checkpoint_interval_s, JobCheckpoint::usual_ratio * save_s);
    }
    return n_busy() * sum / static_cast<double>(grid.state_bytes.size());
  }
};

double sum_of(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0);
}

/// Names the largest part of the longest trial's time.
std::string bottleneck_of(const Run& run) {
  const TrialTime time = run.time_of_longest();
  if (run.checkpoint_bytes_per_s() > 1e9 * run.a.shared_write_gb_per_s) return "checkpoints";
  if (time.limited_s > time.unlimited_s()) return run.how.ahead ? "bytes of storage" : "reads of storage";
  if (time.wait_s() > time.compute_s)
    return time.one_thread_s > time.all_threads_s ? "waits of one thread" : "waits of all threads";
  return run.cluster.n_ranks() > run.n_busy() ? "too few trials" : "computing";
}

Cost cost_of(const Run& run, double run_s) {
  using Seconds = std::chrono::duration<double>;
  const Cluster& cluster = run.cluster;
  Cost cost;
  cost.cluster = cluster;
  cost.start_s = run.start_s();
  cost.run_s = run_s;
  const double core_s = (cost.start_s + run_s) * cluster.n_nodes * run.a.cores;
  cost.core_hours = core_s / 3600;
  cost.computing_share = sum_of(job_costs_s(run.grid.jobs)) / core_s;
  cost.idle_share = 1 - sum_of(run.times_s()) / (cluster.n_ranks() * run.wall_s(0));
  const TrialTime time = run.time_of_longest();
  const double streams = run.how.once_a_node ? std::min(cluster.n_nodes, run.n_busy()) : run.n_busy();
  cost.asked_per_s = streams * run.reads() / time.unlimited_s();
  cost.limit_per_s = streams * run.limit_of_rank();
  cost.asked_gb_per_s = cost.asked_per_s / 1e9 *
                        (run.how.ahead ? run.row_bytes() : std::max(run.row_bytes(), run.a.read_bytes));
  cost.checkpoint_gb_per_s = run.checkpoint_bytes_per_s() / 1e9;
  cost.messages_per_s = (cluster.n_ranks() - 1) / Seconds(interval_of_signs(cluster.n_ranks())).count() +
                        2 * static_cast<double>(run.grid.jobs.size()) / run_s;
  cost.served_per_s = most_messages_at_once / run.mini_batch_s();
  cost.bottleneck = bottleneck_of(run);
  return cost;
}

}  // namespace

int ranks_in_memory(const std::vector<double>& job_bytes, const Assumptions& a) {
  return ranks_that_fit({.job_bytes = job_bytes, .data_bytes = 0, .n_ranks = static_cast<int>(a.cores)},
                        1e9 * a.memory_gb);
}

Cost cheapest(const Grid& grid, const Assumptions& a, const Reading& how, int n_nodes) {
  const int n_jobs = static_cast<int>(grid.jobs.size());
  const int fit = ranks_in_memory(how.stores_rows ? grid.rank_bytes : grid.bytes_without_rows, a);
  const int most = std::min(fit, (n_jobs + n_nodes - 1) / n_nodes);
  std::vector<Cost> costs;
  for (int ranks = 1; ranks <= most; ++ranks) {
    const Run run{grid, a, how, {n_nodes, ranks, static_cast<int>(a.cores) / ranks}};
    costs.push_back(cost_of(run, run.wall_s(run.lent_speed())));
  }
  return *std::ranges::min_element(costs, {}, &Cost::run_s);
}

}  // namespace ksweep
