#include "run/memory_check.h"

#include <fmt/core.h>

#include <algorithm>
#include <functional>
#include <map>

#include "base/host.h"
#include "base/process.h"
#include "cost/cost.h"
#include "data/load.h"
#include "run/text.h"

namespace ksweep {

MemoryDemand memory_demand(const std::vector<PlannedTrial>& plan, const std::vector<Job>& jobs,
                           const FactsOf& facts, int n_ranks) {
  MemoryDemand demand{.job_bytes = {}, .data_bytes = 0, .n_ranks = n_ranks};
  for (const Job& job : jobs) {
    double most = 0;
    for (const std::uint32_t position : job.trials)
      most = std::max(most, memory_bytes(plan[position].trial, facts(plan[position].trial)));
    demand.job_bytes.push_back(most);
  }
  std::map<std::string, double> set_bytes;
  for (const PlannedTrial& planned : plan) {
    double& bytes = set_bytes[prepared_name(planned.trial)];
    bytes = std::max(bytes, dataset_bytes(facts(planned.trial)));
  }
  for (const auto& [set, bytes] : set_bytes) demand.data_bytes += bytes;
  return demand;
}

int ranks_that_fit(MemoryDemand demand, double memory_bytes) {
  std::ranges::sort(demand.job_bytes, std::greater<>());
  double left = memory_bytes - demand.data_bytes;
  int n = 0;
  for (const double bytes : demand.job_bytes) {
    left -= bytes;
    if (left < 0) return n;
    if (++n == demand.n_ranks) return n;
  }
  return demand.n_ranks;  // there are more ranks than jobs
}

std::string memory_fault(const MemoryDemand& demand, const Limit& memory) {
  const int n_fit = ranks_that_fit(demand, memory.amount);
  if (demand.job_bytes.empty() || n_fit >= demand.n_ranks) return {};
  const double largest = *std::ranges::max_element(demand.job_bytes);
  const std::string allowed =
      fmt::format("the {} that {} allows ({})", bytes_text(memory.amount), host_name(), memory.source);
  if (n_fit == 0)
    return fmt::format(
        "the largest trial needs {} and the samples {}, more than {}: the system would kill it. Use a "
        "smaller net or fewer samples, exclude that trial, or ask for more memory (`{}` shows how "
        "much).",
        bytes_text(largest), bytes_text(demand.data_bytes), allowed, shell_command({program_word(), "plan"}));
  return fmt::format(
      "{} on one node need up to {} each for the largest trials, and {} for the samples, more than {}: the "
      "system would kill some. Use no more than {} on a node (with more threads, if CPUs are left), or ask "
      "for more memory.",
      count_text(demand.n_ranks, "rank"), bytes_text(largest), bytes_text(demand.data_bytes), allowed,
      count_text(n_fit, "rank"));
}

}  // namespace ksweep
