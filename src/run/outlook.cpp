#include "run/outlook.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <numeric>

#include "schedule/policy.h"
#include "schedule/simulate.h"

namespace ksweep {
namespace {

// With more jobs than this, any schedule comes close to the lower bound, and a simulation would take
// milliseconds.
constexpr std::size_t most_simulated = 5'000;
// A job that exceeds its prediction is expected to take this share longer than it has taken.
constexpr double share_to_come = 0.1;

// From this share or time on, a job's progress alone determines its time; below, it counts in proportion.
constexpr double telling_share = 0.05, telling_s = 3;

double to_come_s(double expected_s, double elapsed_s) {
  return std::max(expected_s - elapsed_s, share_to_come * std::min(expected_s, elapsed_s));
}

}  // namespace

Outlook::Outlook(const std::vector<Job>& jobs, std::vector<double> expected_s, int n_ranks, double begin_s)
    : planned_s_(job_costs_s(jobs)),
      expected_s_(std::move(expected_s)),
      ended_(jobs.size()),
      running_(static_cast<std::size_t>(n_ranks), Running{.since_s = begin_s, .told_at_s = begin_s}) {
  for (std::size_t rank = jobs.size(); rank < running_.size(); ++rank) running_[rank].since_s = -1;
}

void Outlook::end(std::uint32_t job, int rank, double seconds, double now_s) {
  Running& running = running_[static_cast<std::size_t>(rank)];
  overhead_sum_s_ += std::max(0.0, now_s - running.since_s - seconds);
  ended_[job] = true;
  ++n_ended_;
  const bool has_next = n_ended_ + running_.size() <= ended_.size();
  running = {.since_s = has_next ? now_s : -1};
}

void Outlook::progress(int rank, double share, double now_s) {
  Running& running = running_[static_cast<std::size_t>(rank)];
  running.share = std::clamp(share, 0.0, 1.0);
  running.told_at_s = now_s;
}

/// Returns the running jobs by their start, which is the order of the jobs.
std::vector<Outlook::Running> Outlook::in_order() const {
  std::vector<Running> running;
  std::ranges::copy_if(running_, std::back_inserter(running),
                       [](const Running& r) { return r.since_s >= 0; });
  std::ranges::stable_sort(running, {}, &Running::since_s);
  return running;
}

double Outlook::mean_progress() const {
  const std::vector<Running> running = in_order();
  double sum = 0;
  for (const Running& job : running) sum += job.share;
  return sum > 0 ? sum / static_cast<double>(running.size()) : std::numeric_limits<double>::quiet_NaN();
}

double Outlook::Running::weight() const {
  return share > 0 ? std::min(1.0, std::max(share / telling_share, (told_at_s - since_s) / telling_s)) : 0;
}

bool Outlook::has_seen_enough() const {
  return n_ended_ >= running_.size() ||
         std::ranges::any_of(in_order(), [](const Running& job) { return job.weight() >= 1; });
}

/// Returns the ratio of actual to expected times according to the progress of the running jobs.
double Outlook::pace(const std::vector<Running>& running, const std::vector<double>& expected_s) const {
  double measured_s = 0, of_expected_s = 0, weight = 0;
  for (std::size_t i = 0; i < std::min(running.size(), expected_s.size()); ++i) {
    const Running& job = running[i];
    if (job.share <= 0 || expected_s[i] <= 0) continue;
    measured_s += job.weight() * (job.told_at_s - job.since_s) / job.share;
    of_expected_s += job.weight() * expected_s[i];
    weight += job.weight();
  }
  weight = std::min(1.0, weight);
  return of_expected_s > 0 ? 1 - weight + weight * measured_s / of_expected_s : 1;
}

double Outlook::left_s(double now_s, bool running) const {
  const std::vector<Running> begun = running ? in_order() : std::vector<Running>();
  std::vector<double> planned_s, to_come;
  for (std::size_t job = 0; job < ended_.size(); ++job) {
    if (ended_[job]) continue;
    to_come.push_back(expected_s_[job] + overhead_s());
    planned_s.push_back(planned_s_[job]);
  }
  const double factor = pace(begun, to_come);
  for (std::size_t place = 0; place < to_come.size(); ++place) {
    const double expected_s = factor * to_come[place];
    to_come[place] = expected_s;
    if (place >= begun.size()) continue;
    const Running& job = begun[place];
    const double elapsed_s = now_s - job.since_s, weight = job.weight();
    const double whole_s =
        weight > 0 ? weight * (job.told_at_s - job.since_s) / job.share + (1 - weight) * expected_s
                   : expected_s;
    to_come[place] = to_come_s(whole_s, elapsed_s);
  }
  return simulated_wall_s(static_cast<int>(running_.size()), planned_s, to_come);
}

double simulated_wall_s(int n_ranks, const std::vector<double>& predicted_s,
                        const std::vector<double>& true_s) {
  if (true_s.empty()) return 0;
  if (true_s.size() > most_simulated)
    return std::max(std::accumulate(true_s.begin(), true_s.end(), 0.0) / n_ranks, std::ranges::max(true_s));
  SimulatedMachine machine;
  machine.n_ranks = n_ranks;
  return simulate(machine, predicted_s, true_s).wall_s;
}

std::vector<double> expected_times_s(const std::vector<Job>& jobs, const std::vector<PlannedTrial>& plan,
                                     const FactsOf& facts, const Rates& rates, int n_threads) {
  std::vector<double> times_s;
  for (const Job& job : jobs) {
    const Trial& first = plan.at(job.trials.front()).trial;
    const double core_s =
        training_time_s(first, facts(first), rates) + probes_time_s(plan, job.trials, facts, rates);
    times_s.push_back(core_s / thread_speedup(n_threads));
  }
  return times_s;
}

}  // namespace ksweep
