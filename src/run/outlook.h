#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "core/job.h"
#include "cost/cost.h"

namespace ksweep {

/// When a run will end: its schedule simulated from where it stands, with costs as they are now known.
class Outlook {
 public:
  /// expected_s: of each job on a rank of this run; times are counted from the run's start.
  Outlook(const std::vector<Job>& jobs, std::vector<double> expected_s, int n_ranks);

  /// What the jobs are expected to take, better known than before.
  void expect(std::vector<double> expected_s) { expected_s_ = std::move(expected_s); }

  /// A job has ended, `seconds` of which its trials tell.
  void end(std::uint32_t job, int rank, double seconds, double now_s);

  /// So much of the job that the rank is running is done, from 0 to 1.
  void progress(int rank, double share, double now_s);

  /// Mean over the running jobs of the share that is done; NaN if nobody has told one.
  double mean_progress() const;

  /// Whether what the running jobs have done tells how fast it goes here.
  bool has_seen_enough() const;

  /// Predicted seconds until all jobs have ended, by these ranks.  `running`: or else none is begun.
  double left_s(double now_s, bool running) const;

 private:
  /// What is known of the job that a rank is running.
  struct Running {
    double since_s = 0;    ///< negative: the rank is idle
    double share = 0;      ///< that is done
    double told_at_s = 0;  ///< when that was so

    /// How far that tells alone what the job takes, from 0 to 1.
    double weight() const;
  };

  std::vector<Running> in_order() const;
  double pace(const std::vector<Running>& running, const std::vector<double>& expected_s) const;
  double overhead_s() const { return n_ended_ > 0 ? overhead_sum_s_ / static_cast<double>(n_ended_) : 0; }

  std::vector<double> planned_s_, expected_s_;  ///< (job)
  std::vector<bool> ended_;                     ///< (job)
  std::vector<Running> running_;                ///< (rank)
  std::size_t n_ended_ = 0;
  double overhead_sum_s_ = 0;  ///< time of ranks between the ends of jobs that no trial tells of
};

/// Wall time of jobs of these true lengths, scheduled by what is predicted of them.
double simulated_wall_s(int n_ranks, const std::vector<double>& predicted_s,
                        const std::vector<double>& true_s);

/// Seconds that jobs take on so many threads.
std::vector<double> expected_times_s(const std::vector<Job>& jobs, const std::vector<PlannedTrial>& plan,
                                     const FactsOf& facts, const Rates& rates, int n_threads);

}  // namespace ksweep
