#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "core/job.h"

namespace ksweep {

/// Decides which rank runs which job: longest first (Graham 1969), one at a time.  Independent of MPI and
/// clocks, so that the simulation runs the same code that schedules real sweeps.
///
/// A busy rank gets its next job ahead of time, which hides the round trip, as long as it cannot block a job
/// that another rank could run: the work that it holds is then at most `ahead_share` of the mean work left
/// per rank.  So jobs never have to be taken back, at the price of visible round trips near the end.
///
/// Once no jobs are left to hand out, idle ranks lend their CPUs to busy ranks of their node.  How much work
/// these have left follows from predictions alone: the current predicted time is the latest predicted end of
/// a job that has ended.  So a common factor in all predictions has no effect.
class Policy {
 public:
  /// costs_s: predicted seconds of each job, finite and not negative.
  /// node_of_rank: equal numbers for ranks on the same node.  The other constructor puts all ranks on one
  /// node.
  Policy(std::span<const double> costs_s, std::span<const int> node_of_rank);
  Policy(std::span<const double> costs_s, int n_ranks);

  /// Marks a job that cannot continue from a checkpoint and is thus started only if it can end in time.
  void keep_whole(std::uint32_t job);

  /// Returns the next job for this rank, which then holds it; nothing if the rank has enough, or if no job is
  /// left that may start with this much time left.  Call it until it returns nothing.
  std::optional<std::uint32_t> next(int rank, double seconds_left = std::numeric_limits<double>::infinity());

  /// Records that the rank has ended a job.
  void end(int rank, std::uint32_t job, bool failed);

  /// The borrower may use the CPUs of these ranks: the lender and those that had lent it theirs.
  struct Loan {
    int borrower;
    std::vector<int> of_ranks;
  };
  /// Lends the CPUs of a rank that got no next job, until the end of the run, to the rank of its node with
  /// the latest predicted end (ties: the fewest CPUs, then the lowest rank).  Returns nothing if the rank
  /// holds a job or has already lent its CPUs, if jobs are left, or if no rank of its node is running one.
  std::optional<Loan> lend(int rank);

  /// Removes a lost rank and returns its jobs to the queue.  The rank must not be used again.
  void lose(int rank);

  /// Counts a job that no rank holds as failed.
  void give_up(std::uint32_t job);

  /// Returns the job that the rank is running.
  std::optional<std::uint32_t> running(int rank) const;
  bool idle() const;  ///< no rank holds a job

  std::size_t n_left() const { return n_jobs_ - n_done_ - n_failed_; }  ///< jobs that have not ended
  std::size_t n_done() const { return n_done_; }
  std::size_t n_failed() const { return n_failed_; }
  std::size_t n_lost() const { return n_lost_; }  ///< jobs that were lost together with their rank

  /// Found by simulation (simulate_test.cpp): 0 doubles the time of jobs as short as the round trip, no limit
  /// costs 2.4 % on a heavy tail; anything from 1/2 to 1 loses nothing, even if predictions are wrong by a
  /// factor of 2.
  static constexpr double ahead_share = 0.5;

 private:
  struct Held {
    std::uint32_t jobs[2] = {};  ///< running job, then the one ahead
    int count = 0;
    double end_s = 0;               ///< end of these jobs in predicted time
    std::vector<int> cpus_of = {};  ///< ranks whose CPUs this one may use; empty once they are lent

    /// Returns the seconds for work that takes cost_s on one rank's CPUs.
    double time_for(double cost_s) const {
      return cost_s / (cpus_of.empty() ? 1.0 : static_cast<double>(cpus_of.size()));
    }
  };
  bool longer(std::uint32_t a, std::uint32_t b) const;
  bool may_take_ahead(const Held& held, std::uint32_t job) const;
  std::optional<std::size_t> longest_that_fits(double seconds_left) const;
  std::uint32_t take(Held& held, std::size_t place);
  void put_back(std::uint32_t job);
  double left_s(const Held& held) const { return std::max(0.0, held.end_s - now_s_); }
  std::optional<int> neediest(int node) const;

  std::vector<double> costs_s_;
  std::vector<bool> whole_;           ///< (job) cannot continue from a checkpoint; empty: all can
  std::vector<std::uint32_t> queue_;  ///< jobs not handed out; the longest at the end
  double queued_s_ = 0;               ///< sum of predicted times in the queue
  double now_s_ = 0;                  ///< current predicted time
  std::vector<Held> held_;            ///< (rank)
  std::vector<int> node_of_rank_;
  std::vector<std::vector<int>> ranks_of_node_;
  int n_ranks_;  ///< ranks that are not lost
  std::size_t n_jobs_, n_done_ = 0, n_failed_ = 0, n_lost_ = 0;
};

std::vector<double> job_costs_s(std::span<const Job> jobs);

/// Returns a policy for these jobs, with keep_whole() for those that are not resumable.
Policy policy_for(std::span<const Job> jobs, const std::vector<int>& node_of_rank);

}  // namespace ksweep
