#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "core/job.h"

namespace ksweep {

/// Who runs which job when: longest first (Graham 1969), one at a time.  Knows neither MPI nor a clock, so
/// that the simulation runs the very code that schedules real sweeps.
///
/// A busy rank is given its next job ahead of time, which hides the round trip, as long as it is sure not to
/// sit on a job that another rank could run: what it holds is then at most `ahead_share` of the mean work
/// left per rank.  So nothing has ever to be taken back, at the price of visible round trips near the end.
///
/// Once nothing is left to hand out, ranks that run out of work lend their CPUs to those of their node that still
/// have some.  How much these have left follows from predictions alone: the predicted time is the latest at which,
/// by prediction, a job that has ended was to end.  So it is a common factor in all predictions that counts for
/// nothing, not their being right.
class Policy {
 public:
  /// costs_s: predicted seconds of each job, finite and not negative.
  /// node_of_rank: equal numbers for ranks on the same node; all on one if only their number is given.
  Policy(std::span<const double> costs_s, std::span<const int> node_of_rank);
  Policy(std::span<const double> costs_s, int n_ranks);

  /// This job cannot go on from a checkpoint: it is begun only where it can end in time.
  void keep_whole(std::uint32_t job);

  /// The next job for this rank, which holds it from now on; nothing if it has enough, or if none is left that may be
  /// begun so long before the end of the run's time.  Ask until nothing is returned.
  std::optional<std::uint32_t> next(int rank, double seconds_left = std::numeric_limits<double>::infinity());

  /// The rank has ended a job it held.
  void end(int rank, std::uint32_t job, bool failed);

  /// From now on the borrower may use the CPUs of these ranks: the lender and those that had lent it theirs.
  struct Loan {
    int borrower;
    std::vector<int> of_ranks;
  };
  /// What becomes of the CPUs of a rank that got no next job: lent, for good, to the rank of its node that has the
  /// latest predicted end (ties: to the one with the fewest CPUs, then to the lowest).  Nothing if the rank holds a
  /// job or its CPUs are lent already, if jobs are left, or if nobody on its node runs any.
  std::optional<Loan> lend(int rank);

  /// The rank is gone; what it held goes back to the others.  It must not be asked for again.
  void lose(int rank);

  /// A job that nobody holds counts as failed from now on.
  void give_up(std::uint32_t job);

  /// What the rank runs now.
  std::optional<std::uint32_t> running(int rank) const;
  bool idle() const;  ///< no rank holds a job

  std::size_t n_left() const { return n_jobs_ - n_done_ - n_failed_; }  ///< not yet ended
  std::size_t n_done() const { return n_done_; }
  std::size_t n_failed() const { return n_failed_; }
  std::size_t n_lost() const { return n_lost_; }  ///< hand-outs that went down with their rank

  /// Found by simulation (simulate_test.cpp): 0 doubles the time of jobs as short as the round trip, no limit
  /// costs 2.4 % on a heavy tail; anything from 1/2 to 1 loses nothing, also where predictions are wrong by a
  /// factor of 2.
  static constexpr double ahead_share = 0.5;

 private:
  struct Held {
    std::uint32_t jobs[2] = {};  ///< running job, then the one ahead
    int count = 0;
    double end_s = 0;               ///< of these jobs, in predicted time
    std::vector<int> cpus_of = {};  ///< ranks whose CPUs this one may use; none once they are lent

    /// Seconds for work of that length on one rank's CPUs.
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
  std::vector<bool> whole_;           ///< (job) cannot go on from a checkpoint; empty: all can
  std::vector<std::uint32_t> queue_;  ///< not handed out; the longest at the end
  double queued_s_ = 0;               ///< predicted work in the queue
  double now_s_ = 0;                  ///< predicted time
  std::vector<Held> held_;            ///< (rank)
  std::vector<int> node_of_rank_;
  std::vector<std::vector<int>> ranks_of_node_;
  int n_ranks_;  ///< not lost
  std::size_t n_jobs_, n_done_ = 0, n_failed_ = 0, n_lost_ = 0;
};

std::vector<double> job_costs_s(std::span<const Job> jobs);

/// For jobs as they are.
Policy policy_for(std::span<const Job> jobs, const std::vector<int>& node_of_rank);

}  // namespace ksweep
