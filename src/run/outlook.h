#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "core/job.h"
#include "cost/cost.h"

namespace ksweep {

/// Predicts when a run will end: simulates the rest of its schedule with the currently known costs.
class Outlook {
 public:
  /// expected_s: seconds of each job on a rank of this run.  Times are counted from the run's start; these jobs begin at
  /// begin_s.
  Outlook(const std::vector<Job>& jobs, std::vector<double> expected_s, int n_ranks, double begin_s = 0);

  /// Sets better predictions of the jobs' times.
  void expect(std::vector<double> expected_s) { expected_s_ = std::move(expected_s); }

  /// Records that a job has ended.  seconds: the part of its time that its trials account for.
  void end(std::uint32_t job, int rank, double seconds, double now_s);

  /// Records the share of the rank's running job that is done, from 0 to 1.
  void progress(int rank, double share, double now_s);

  /// Returns the mean over the running jobs of the share that is done; NaN if it is not known of any.
  double mean_progress() const;

  /// Returns whether the progress of the running jobs suffices to judge their speed here.
  bool has_seen_enough() const;

  /// Returns the predicted seconds until these ranks have ended all jobs.  running: whether jobs are running.
  double left_s(double now_s, bool running) const;

 private:
  /// The known state of the job that a rank is running.
  struct Running {
    double since_s = 0;    ///< start of the job; negative: the rank is idle
    double share = 0;      ///< share of the job that is done
    double told_at_s = 0;  ///< time at which `share` was reported

    /// Returns the weight of the measured progress against the prediction, from 0 to 1.
    double weight() const;
  };

  std::vector<Running> in_order() const;
  double pace(const std::vector<Running>& running, const std::vector<double>& expected_s) const;
  double overhead_s() const { return n_ended_ > 0 ? overhead_sum_s_ / static_cast<double>(n_ended_) : 0; }

  std::vector<double> planned_s_, expected_s_;  ///< (job)
  std::vector<bool> ended_;                     ///< (job)
  std::vector<Running> running_;                ///< (rank)
  std::size_t n_ended_ = 0;
  double overhead_sum_s_ = 0;  ///< time of ranks between the ends of jobs that no trial accounts for
};

/// Returns the wall time of jobs that take `true_s`, scheduled by `predicted_s`.
double simulated_wall_s(int n_ranks, const std::vector<double>& predicted_s,
                        const std::vector<double>& true_s);

/// Returns the seconds of each job on so many threads.
std::vector<double> expected_times_s(const std::vector<Job>& jobs, const std::vector<PlannedTrial>& plan,
                                     const FactsOf& facts, const Rates& rates, int n_threads);

}  // namespace ksweep
