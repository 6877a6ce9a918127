#pragma once

#include <atomic>
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
#include "run/result_table.h"
#include "schedule/callbacks.h"

namespace ksweep {

/// Rank 0's book of a run: takes what the ranks report, and passes it on to the table of results, the calibration of the cost
/// model, the outlook, the policy for crashes and the publisher.
class RunBook {
 public:
  /// What the book is about.  All but the facts must outlive it.
  struct Subject {
    const Sweep& sweep;
    const std::vector<PlannedTrial>& plan;
    const Store& store;
    CrashBook& crashes;
    FactsOf facts;
    const RunOptions& options;
    const std::atomic<bool>& stop;  ///< somebody waits for the end
    int n_ranks = 1;
  };

  /// Reads what the store already holds, and sets aside trials that crashed too often.
  explicit RunBook(Subject subject);

  const ResultTable& results() const { return table_; }
  const Rates& rates() const { return calibration_.rates(); }
  const Publisher& publisher() const { return publisher_; }

  void start(const std::vector<Job>& jobs, int n_threads, SampleShape shape,
             std::vector<std::pair<std::string, std::string>> provenance);

  /// A job has ended.
  void take(const JobReport& report);

  /// So much of the job that the rank is running is done, from 0 to 1.
  void take_progress(int rank, double share);

  /// A rank is gone.  Returns false if the job that it was running must not be tried again: its trials have failed.
  bool lose(int rank, RankLoss why, std::optional<std::uint32_t> job);

  /// To be called about once a second: progress, status and from time to time the sweep file.
  void tick();

  /// Whether more trials have failed in this run than --max-failures allows.
  bool too_many_failed() const { return too_many_failed_; }

  /// What `ksweep run` returns for this end.
  ExitCode exit_code(RunEnd end) const;

  /// Whether nothing collective can follow.
  bool ranks_lost() const { return n_lost_ > 0; }

  /// The last fold, status and word.  `end` becomes `stopped` if a result that was reported cannot be read.
  void finish(RunEnd& end);

  /// After a fault: what can still be written is, and what cannot is not complained about.
  void give_up() noexcept;

 private:
  static constexpr double longest_tick_s = 10;  ///< beyond it, the process was suspended

  ProgressState progress() const;
  void read_reported();
  void count_failures();
  void write_status(const std::string& state, double exit_code = not_measured);
  bool fold_at_last(const std::string& finished);

  const Subject subject_;
  ResultTable table_;
  CrashPolicy crash_policy_;
  Publisher publisher_;
  Calibration calibration_;
  std::optional<Outlook> outlook_;
  std::vector<Job> jobs_;
  int n_threads_ = 1, n_running_, n_lost_ = 0;  ///< n_running_, n_lost_: ranks
  std::size_t n_since_fold_ = 0;
  std::size_t n_before_, n_failed_before_;  ///< trials, at the start
  bool too_many_failed_ = false;
  mutable AwakeClock awake_{longest_tick_s};
};

}  // namespace ksweep
