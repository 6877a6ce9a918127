#pragma once

#include <atomic>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/errors.h"
#include "core/job.h"
#include "run/awake.h"
#include "run/calibration.h"
#include "run/crash_policy.h"
#include "run/outlook.h"
#include "run/publisher.h"
#include "run/race.h"
#include "run/result_table.h"
#include "run/running_trials.h"
#include "run/seed_pairs.h"
#include "schedule/callbacks.h"

namespace ksweep {

/// Rank 0's record of a run: receives the reports of the ranks, and updates the table of results, the
/// calibration of the cost model, the outlook, the crash policy and the publisher.
class RunBook {
 public:
  /// The objects that the book refers to.  All but the facts must outlive it.
  struct Subject {
    const Sweep& sweep;
    const std::vector<PlannedTrial>& plan;
    const std::vector<PlannedPair>& pairs;
    const Store& store;
    CrashBook& crashes;
    FactsOf facts;
    const RunOptions& options;
    const std::atomic<bool>& stop;  ///< a stop was requested
    int n_ranks = 1;
    bool retry_failed = false;
    std::optional<std::size_t> n_failed_before = {};  ///< when the command began; nothing: now
  };

  /// Reads the stored results, and sets aside trials that crashed too often.
  explicit RunBook(Subject subject);

  const ResultTable& results() const { return table_; }
  const Rates& rates() const { return calibration_.rates(); }
  const Publisher& publisher() const { return publisher_; }

  /// Null if all trials are trained.
  const Race* race() const { return race_ ? &*race_ : nullptr; }

  /// Returns the pairs of seeds that are stored or can still be compared.
  std::vector<PlannedPair> possible_pairs() const;

  /// Returns the positions of the trials to train next, of a race in its next round; none if there is nothing left to do.
  std::vector<std::uint32_t> next_trials();

  /// Records that these jobs begin: all that are left, or those of a round of a race.
  void begin(const std::vector<Job>& jobs, int n_threads);

  /// Describes what is run, after the first jobs have begun.
  void start(SampleShape shape, std::vector<std::pair<std::string, std::string>> provenance);

  /// Records that a job has ended.
  void take(const JobReport& report);

  /// Records the share of the rank's running job that is done, from 0 to 1.
  void take_progress(int rank, double share);

  /// Records what the rank says of its running job.
  void take_detail(int rank, std::uint32_t job, const std::string& detail);

  /// Records the loss of a rank.  Returns false if its running job must not be tried again; its trials have
  /// then failed.
  bool lose(int rank, RankLoss why, std::optional<std::uint32_t> job);

  /// Reads what was reported, so that results() is complete before seeds are compared.
  void read_last() { read_reported(); }

  /// Records that so many pairs of seeds are to be compared, and that one has been.
  void begin_pairs(std::size_t count) { n_pairs_ = count; }
  void take_pair() { ++n_pairs_done_; }

  /// Called about once a second: updates progress, status and from time to time the sweep file.
  void tick();

  /// Returns the number of trials that had failed when the command began.
  std::size_t n_failed_before() const { return n_failed_before_; }

  /// Returns whether more trials have failed in this run than --max-failures allows.
  bool too_many_failed() const { return too_many_failed_; }

  /// Returns the exit code of `ksweep run` for this end.
  ExitCode exit_code(RunEnd end) const;

  /// Returns whether ranks are lost, so that no collective call may follow.
  bool ranks_lost() const { return n_lost_ > 0; }

  /// Writes the sweep file and status for the last time.  Sets `end` to `stopped` if a reported result cannot
  /// be read.
  void finish(RunEnd& end);

  /// After a fault: writes what can still be written, and ignores failures.
  void give_up() noexcept;

 private:
  static constexpr double longest_tick_s = 10;  ///< longer: the process was suspended

  ProgressState progress() const;
  BestTrial best() const;
  void read_reported();
  void count_failures();
  void write_status(const std::string& state, double exit_code = not_measured);
  bool fold_at_last(const std::string& finished);

  const Subject subject_;
  ResultTable table_;
  std::optional<Race> race_;
  CrashPolicy crash_policy_;
  Publisher publisher_;
  Calibration calibration_;
  std::optional<Outlook> outlook_;
  std::vector<Job> jobs_;
  std::size_t n_jobs_left_ = 0;
  std::map<int, RunningTrial> running_;         ///< (rank)
  int n_threads_ = 1, n_running_, n_lost_ = 0;  ///< n_running_, n_lost_: numbers of ranks
  std::size_t n_since_fold_ = 0;
  std::size_t n_before_, n_failed_before_;  ///< numbers of trials at the start
  std::size_t n_pairs_ = 0, n_pairs_done_ = 0;
  bool too_many_failed_ = false;
  mutable AwakeClock awake_{longest_tick_s};
};

}  // namespace ksweep
