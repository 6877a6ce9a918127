#include "cli/outlook.h"

#include <algorithm>
#include <numeric>

#include "schedule/policy.h"
#include "schedule/simulate.h"

namespace ksweep {
namespace {

// With more jobs than this any schedule comes to the bound, and simulating it would take rank 0 milliseconds.
constexpr std::size_t most_simulated = 5'000;
// A job that outlives its prediction is expected to take this share longer than it has taken.
constexpr double share_to_come = 0.1;

double to_come_s(double expected_s, double elapsed_s) {
  return std::max(expected_s - elapsed_s, share_to_come * std::min(expected_s, elapsed_s));
}

}  // namespace

Outlook::Outlook(const std::vector<Job>& jobs, std::vector<double> expected_s, int n_ranks)
    : planned_s_(job_costs_s(jobs)),
      expected_s_(std::move(expected_s)),
      ended_(jobs.size()),
      since_s_(static_cast<std::size_t>(n_ranks)) {
  for (std::size_t rank = jobs.size(); rank < since_s_.size(); ++rank) since_s_[rank] = -1;
}

void Outlook::end(std::uint32_t job, int rank, double seconds, double now_s) {
  double& since_s = since_s_[static_cast<std::size_t>(rank)];
  overhead_sum_s_ += std::max(0.0, now_s - since_s - seconds);
  ended_[job] = true;
  ++n_ended_;
  const bool has_next = n_ended_ + since_s_.size() <= ended_.size();
  since_s = has_next ? now_s : -1;
}

/// How long the running jobs have been running, the one begun first first: that is the order of the jobs.
std::vector<double> Outlook::elapsed_s(double now_s) const {
  std::vector<double> elapsed_s;
  for (const double since_s : since_s_)
    if (since_s >= 0) elapsed_s.push_back(now_s - since_s);
  std::ranges::sort(elapsed_s, std::greater());
  return elapsed_s;
}

double Outlook::left_s(double now_s, bool running) const {
  const std::vector<double> begun_s = running ? elapsed_s(now_s) : std::vector<double>();
  std::vector<double> planned_s, to_come;
  for (std::size_t job = 0; job < ended_.size(); ++job) {
    if (ended_[job]) continue;
    const double expected_s = expected_s_[job] + overhead_s();
    const std::size_t place = to_come.size();
    to_come.push_back(place < begun_s.size() ? to_come_s(expected_s, begun_s[place]) : expected_s);
    planned_s.push_back(planned_s_[job]);
  }
  return simulated_wall_s(static_cast<int>(since_s_.size()), planned_s, to_come);
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
                                     const std::function<DataFacts(const Trial&)>& facts, const Rates& rates,
                                     int n_threads) {
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
