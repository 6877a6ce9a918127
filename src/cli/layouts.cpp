#include "cli/layouts.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "cost/cost.h"
#include "run/outlook.h"
#include "run/text.h"

namespace ksweep {
namespace {

constexpr double indistinguishable = 1.02;

int most_ranks_in_memory(const Demand& demand, const Machine& machine) {
  const double room = (machine.memory_bytes - demand.node_bytes) / std::max(1.0, demand.rank_bytes);
  return static_cast<int>(std::clamp(std::floor(room), 0.0, 1e6));
}

}  // namespace

double wall_time_s(const std::vector<double>& core_s, int n_ranks, int n_threads) {
  std::vector<double> times_s = core_s;
  for (double& time_s : times_s) time_s /= thread_speedup(n_threads);
  return simulated_wall_s(n_ranks, times_s, times_s);
}

std::vector<RankLayout> possible_layouts(const Demand& demand, const Machine& machine) {
  const int n_jobs = static_cast<int>(std::min<std::size_t>(demand.core_s.size(), 1'000'000));
  const int most = std::min({machine.cores, std::max(1, n_jobs), most_ranks_in_memory(demand, machine)});
  std::vector<RankLayout> layouts;
  std::set<int> seen;
  for (int share = 1; share <= machine.cores && most > 0; ++share) {
    const int n_ranks = std::min(machine.cores / share, most);
    if (!seen.insert(n_ranks).second) continue;
    const int n_threads = machine.cores / n_ranks;
    layouts.push_back({n_ranks, n_threads, wall_time_s(demand.core_s, n_ranks, n_threads)});
  }
  std::ranges::stable_sort(layouts, {}, &RankLayout::wall_s);
  const auto equals = std::ranges::find_if(
      layouts, [&](const RankLayout& l) { return !are_alike(l.wall_s, layouts.front().wall_s); });
  std::stable_sort(layouts.begin(), equals,
                   [](const RankLayout& a, const RankLayout& b) { return a.n_threads < b.n_threads; });
  return layouts;
}

bool are_alike(double wall_s, double other_wall_s) {
  return std::max(wall_s, other_wall_s) <= indistinguishable * std::min(wall_s, other_wall_s);
}

std::string note_on_idle_ranks(int n_ranks, std::size_t n_jobs) {
  const double n_idle = n_ranks - static_cast<double>(n_jobs);
  if (n_idle <= 0) return "";
  const double n = static_cast<double>(n_jobs);
  return fmt::format("{} of {} will have nothing to do: there {} {}, for which {} {} enough",
                     whole_text(n_idle), count_text(n_ranks, "rank"), n_jobs == 1 ? "is" : "are",
                     count_text(n, "training"), count_text(n, "rank"), n_jobs == 1 ? "is" : "are");
}

std::string reason_for(const RankLayout& best, const Demand& demand, const Machine& machine) {
  if (machine.cores == 1) return "there is one core";
  const double n_jobs = static_cast<double>(demand.core_s.size());
  if (best.n_ranks == most_ranks_in_memory(demand, machine) &&
      best.n_ranks < std::min<double>(machine.cores, n_jobs))
    return fmt::format("there is memory for {} only", count_text(best.n_ranks, "rank"));
  if (best.n_threads == 1)
    return "trials side by side use each core fully, while two threads make a trial only 1.85 times as fast";
  if (n_jobs < machine.cores)
    return fmt::format("there are only {} for {}, so threads make use of the others",
                       count_text(n_jobs, "training"), count_text(machine.cores, "core"));
  return "with more ranks and fewer threads, cores would stand idle while the last trials end";
}

std::string layout_text(const RankLayout& layout) {
  return count_text(layout.n_ranks, "rank") + " x " + count_text(layout.n_threads, "thread");
}

}  // namespace ksweep
