#include "schedule/simulate.h"

#include <algorithm>
#include <cassert>
#include <ctime>
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
  int n_lent;  ///< loans to the rank when this end was computed; a later loan changes the end
  bool operator>(const JobEnd& other) const {
    return std::tie(time_s, rank) > std::tie(other.time_s, other.rank);
  }
};

class VirtualRun {
 public:
  VirtualRun(const SimulatedMachine& machine, std::span<const double> predicted_s,
             std::span<const double> true_s)
      : machine_(machine),
        true_s_(true_s),
        policy_(predicted_s, node_of_each(machine)),
        ranks_(machine.n_ranks) {}

  /// Returns the wall time.
  double run() {
    for (int round = 0; round < 2; ++round)
      for (int rank = 0; rank < machine_.n_ranks; ++rank) order(rank, machine_.delay_s);
    for (int rank = 0; rank < machine_.n_ranks; ++rank) lend(rank, machine_.delay_s);
    double now_s = 0;
    while (!ends_.empty()) {
      const JobEnd end = ends_.top();
      ends_.pop();
      if (end.n_lent != ranks_[end.rank].n_lent) continue;
      now_s = end.time_s;
      take_end(end);
      ++n_run;
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
    std::uint32_t job = 0;  ///< runs until end_s, as computed
    double end_s = 0;
    int n_lent = 0;  ///< ranks whose CPUs it was lent
  };

  static std::vector<int> node_of_each(const SimulatedMachine& machine) {
    std::vector<int> nodes(static_cast<std::size_t>(machine.n_ranks));
    for (int rank = 0; rank < machine.n_ranks; ++rank) nodes[rank] = rank / machine.ranks_per_node;
    return nodes;
  }

  double speed(const Rank& rank) const { return 1 + rank.n_lent * machine_.lent_speed; }

  void take_end(const JobEnd& end) {
    ranks_[end.rank].busy = false;
    start_next(end.rank, end.time_s);
    policy_.end(end.rank, end.job, false);
    free_at_s_ = std::max(end.time_s + machine_.delay_s, free_at_s_) + machine_.service_s;
    while (order(end.rank, free_at_s_ + machine_.delay_s)) continue;
    lend(end.rank, free_at_s_ + machine_.delay_s);
  }

  /// Applies a loan, unless the borrower has just ended its job when the loan arrives.
  void lend(int rank, double arrival_s) {
    if (machine_.lent_speed == 0) return;
    const auto loan = policy_.lend(rank);
    if (!loan) return;
    Rank& borrower = ranks_[loan->borrower];
    const double before = speed(borrower);
    borrower.n_lent += static_cast<int>(loan->of_ranks.size());
    const double left_s = std::max(0.0, borrower.end_s - arrival_s);
    borrower.end_s -= left_s - left_s * before / speed(borrower);
    foresee_end(loan->borrower);
  }

  void foresee_end(int rank) {
    const Rank& state = ranks_[rank];
    if (state.busy) ends_.push({state.end_s, rank, state.job, state.n_lent});
  }

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
    state.busy = true;
    state.job = state.ahead->job;
    state.end_s = std::max(now_s, state.ahead->arrival_s) + true_s_[state.job] / speed(state);
    state.ahead = {};
    foresee_end(rank);
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
  const std::clock_t start = std::clock();
  VirtualRun run(machine, predicted_s, true_s);
  SimulatedRun result;
  result.wall_s = run.run();
  result.n_run = run.n_run;
  const double cpu_s = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  result.cpu_s_per_job = true_s.empty() ? 0 : cpu_s / static_cast<double>(true_s.size());
  const double total_s = std::accumulate(true_s.begin(), true_s.end(), 0.0);
  const double longest_s = true_s.empty() ? 0 : std::ranges::max(true_s);
  const int n_helpers = std::min(machine.ranks_per_node, machine.n_ranks) - 1;
  result.bound_s = std::max(total_s / machine.n_ranks, longest_s / (1 + n_helpers * machine.lent_speed));
  return result;
}

}  // namespace ksweep
