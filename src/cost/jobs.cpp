#include "cost/jobs.h"

#include <algorithm>
#include <tuple>
#include <unordered_map>

#include "cost/cost.h"

namespace ksweep {

std::vector<Job> make_jobs(const std::vector<PlannedTrial>& plan, const std::vector<std::uint32_t>& chosen,
                           const FactsOf& facts, const Rates& rates) {
  std::vector<Job> jobs;
  std::unordered_map<std::uint64_t, std::size_t> job_of;
  for (const std::uint32_t position : chosen) {
    const PlannedTrial& planned = plan.at(position);
    const DataFacts data = facts(planned.trial);
    const auto [place, is_new] = job_of.try_emplace(planned.training_id, jobs.size());
    const bool trains = planned.trial.kind != ModelKind::raw;
    if (is_new)
      jobs.push_back({planned.training_id, {}, training_time_s(planned.trial, data, rates), trains});
    jobs[place->second].trials.push_back(position);
  }
  for (Job& job : jobs) {
    const double training_s = job.predicted_s;
    job.predicted_s += probes_time_s(plan, job.trials, facts, rates);
    job.training_share = job.predicted_s > 0 ? training_s / job.predicted_s : 1;
  }
  std::ranges::sort(jobs, [](const Job& a, const Job& b) {
    return std::tuple(-a.predicted_s, a.training_id) < std::tuple(-b.predicted_s, b.training_id);
  });
  return jobs;
}

}  // namespace ksweep
