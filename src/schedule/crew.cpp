#include "schedule/crew.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/host.h"

namespace ksweep {
namespace {

bool contains(const std::vector<int>& numbers, int number) {
  return std::ranges::find(numbers, number) != numbers.end();
}

}  // namespace

std::vector<int> cpus_of(const std::vector<NodeRank>& node, const std::vector<int>& ranks) {
  std::set<int> cpus;
  for (const NodeRank& rank : node)
    if (contains(ranks, rank.rank)) cpus.insert(rank.cpus.begin(), rank.cpus.end());
  return {cpus.begin(), cpus.end()};
}

int threads_for(const std::vector<NodeRank>& node, const std::vector<int>& ranks) {
  std::set<int> cpus;
  std::size_t n_planned = 0, n_here = 0;
  for (const NodeRank& rank : node) {
    cpus.insert(rank.cpus.begin(), rank.cpus.end());
    n_planned += static_cast<std::size_t>(rank.threads);
    if (contains(ranks, rank.rank)) n_here += static_cast<std::size_t>(rank.threads);
  }
  return static_cast<int>(n_here * cpus.size() / std::max(n_planned, cpus.size()));
}

Crew::Crew(ThreadPlan plan) : plan_(std::move(plan)), cpus_of_{plan_.rank}, team_(plan_.threads) {}

void Crew::borrow(int lender) noexcept {
  cpus_of_.push_back(lender);
  allow_cpus(cpus_of(plan_.node_ranks, cpus_of_));
  const int n_allowed = static_cast<int>(allowed_cpus().size());
  team_.grow_to(std::min({n_allowed, threads_for(plan_.node_ranks, cpus_of_), plan_.most_threads}));
}

}  // namespace ksweep
