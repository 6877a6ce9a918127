#include "schedule/simulate.h"

#include <algorithm>
#include <cassert>
#include <chrono>
#include <numeric>
#include <optional>
#include <queue>
#include <tuple>

#include "schedule/policy.h"

namespace ksweep {
namespace {

struct JobEnd {
  double time_s;
  int rank;
  std::uint32_t job;
  bool operator>(const JobEnd& other) const {
    return std::tie(time_s, rank) > std::tie(other.time_s, other.rank);
  }
};

class VirtualRun {
 public:
  VirtualRun(const SimulatedMachine& machine, std::span<const double> predicted_s,
             std::span<const double> true_s)
      : machine_(machine), true_s_(true_s), policy_(predicted_s, machine.n_ranks), ranks_(machine.n_ranks) {}

  /// Returns the wall time.
  double run() {
    for (int round = 0; round < 2; ++round)
      for (int rank = 0; rank < machine_.n_ranks; ++rank) order(rank, machine_.delay_s);
    double now_s = 0;
    for (; !ends_.empty(); ends_.pop(), ++n_run) {
      const JobEnd end = ends_.top();
      now_s = end.time_s;
      ranks_[end.rank].busy = false;
      start_next(end.rank, now_s);
      policy_.end(end.rank, end.job, false);
      free_at_s_ = std::max(now_s + machine_.delay_s, free_at_s_) + machine_.service_s;
      while (order(end.rank, free_at_s_ + machine_.delay_s)) continue;
    }
    assert(policy_.n_left() == 0);
    return now_s;
  }

  std::size_t n_run = 0;

 private:
  struct Order {
    std::uint32_t job;
    double arrival_s;
  };
  struct Rank {
    bool busy = false;
    std::optional<Order> ahead;
  };

  bool order(int rank, double arrival_s) {
    const auto job = policy_.next(rank);
    if (!job) return false;
    assert(!ranks_[rank].ahead);
    ranks_[rank].ahead = Order{*job, arrival_s};
    if (!ranks_[rank].busy) start_next(rank, arrival_s);
    return true;
  }

  void start_next(int rank, double now_s) {
    Rank& state = ranks_[rank];
    if (!state.ahead) return;
    ends_.push({std::max(now_s, state.ahead->arrival_s) + true_s_[state.ahead->job], rank, state.ahead->job});
    state = {true, {}};
  }

  const SimulatedMachine& machine_;
  std::span<const double> true_s_;
  Policy policy_;
  std::vector<Rank> ranks_;
  std::priority_queue<JobEnd, std::vector<JobEnd>, std::greater<>> ends_;
  double free_at_s_ = 0;
};

}  // namespace

SimulatedRun simulate(const SimulatedMachine& machine, std::span<const double> predicted_s,
                      std::span<const double> true_s) {
  assert(predicted_s.size() == true_s.size());
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  VirtualRun run(machine, predicted_s, true_s);
  SimulatedRun result;
  result.wall_s = run.run();
  result.n_run = run.n_run;
  const double real_s = std::chrono::duration<double>(Clock::now() - start).count();
  result.real_s_per_job = true_s.empty() ? 0 : real_s / true_s.size();
  const double total_s = std::accumulate(true_s.begin(), true_s.end(), 0.0);
  const double longest_s = true_s.empty() ? 0 : std::ranges::max(true_s);
  result.bound_s = std::max(total_s / machine.n_ranks, longest_s);
  return result;
}

}  // namespace ksweep
