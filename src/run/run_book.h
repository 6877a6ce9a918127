#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/errors.h"
#include "core/job.h"
#include "cost/rates.h"
#include "data/dataset.h"
#include "run/awake.h"
#include "run/outlook.h"
#include "run/progress.h"
#include "run/run_options.h"
#include "schedule/callbacks.h"
#include "store/crash_book.h"
#include "store/status_file.h"
#include "store/store.h"
#include "store/sweep_file.h"
#include "sweep/planned_trials.h"
#include "sweep/sweep.h"

namespace ksweep {

/// What rank 0 knows of a run: every trial's result as it comes in, the progress display, the files status.json and
/// sweep.h5 made from it.
class RunBook {
 public:
  /// Reads what the store already holds.  With `retry_failed`, failed trials count as missing.  Trials in whose
  /// midst the program crashed again and again are set aside: they count as failed.  stop: somebody waits for the end.
  RunBook(const Sweep& sweep, const std::vector<PlannedTrial>& plan, const Store& store, CrashBook& crashes,
          FactsOf facts, int n_ranks, const RunOptions& options, const std::atomic<bool>& stop);

  /// Positions of the shard's trials without a result, ascending.
  std::vector<std::uint32_t> missing() const;

  /// The same of all trials, as far as is known of other shards' ones.
  std::vector<std::uint32_t> without_result() const;

  /// What work takes here, as far as it is known: from the stored trials, else from an earlier sweep.h5.
  const Rates& rates() const { return rates_; }

  /// Finished trials in the folder that the grid does not ask for.
  std::size_t n_others() const { return record_.others.size(); }
  std::string note_on_others() const;

  void start(const std::vector<Job>& jobs, int n_threads, SampleShape shape,
             std::vector<std::pair<std::string, std::string>> provenance);
  void take(const JobReport& report);
  /// So much of the job that the rank is running is done, from 0 to 1.
  void take_progress(int rank, double share);
  /// A rank is gone.  Returns false if the job that it was running must not be tried again: too many of those who
  /// trained it were lost; its trials have failed.
  bool lose(int rank, RankLoss why, std::optional<std::uint32_t> job);
  /// To be called about once a second: progress, status and from time to time the sweep file.
  void tick();
  /// More trials have failed in this run than are to be put up with.
  bool too_many_failed() const { return too_many_failed_; }

  /// What `ksweep run` returns for this end.
  ExitCode exit_code(RunEnd end) const;

  /// Nothing collective can follow.
  bool ranks_lost() const { return n_lost_ > 0; }

  /// The last fold, status and word.  `end` becomes `stopped` if a result that was reported cannot be read.
  void finish(RunEnd& end);
  /// Where an exception is caught: what can still be written is, and what cannot is not complained about.
  void give_up() noexcept;

  /// Instruction set that computed the stored trials; empty if none is stored.
  std::string instruction_set() const;
  std::size_t n_failed() const { return count(Status::failed); }  ///< of the shard
  /// Why trials of the shard failed.
  struct Failures {
    std::string commonest_reason;
    std::size_t n_of_it = 0;
    bool may_succeed = false;  ///< some failed by what was here at the time: tried again, they may succeed
  };
  Failures failures() const;
  std::filesystem::path sweep_file() const { return store_.folder() / "sweep.h5"; }

 private:
  using Clock = std::chrono::steady_clock;

  static constexpr double longest_tick_s = 10;  ///< beyond it, the process was suspended

  double n_trials() const;  ///< of the shard
  std::size_t count(Status status) const;
  void read_reported();
  void count_failures();
  void load(std::uint32_t position, bool retry_failed);
  void calibrate();
  double seconds_now() const;
  ProgressState progress_state() const;
  void write_status_file(const std::string& state, double exit_code = not_measured);
  /// Returns false if another shard was at it all the time that `may_wait` allowed.
  bool fold(const std::string& finished, const std::function<bool()>& may_wait);
  bool fold_unless_stopped(const std::string& finished);
  bool sweep_file_is_of_this_grid() const;
  bool is_poison(std::uint64_t training) const;
  void set_aside(std::uint32_t position);
  void set_aside_poison();

  const Sweep& sweep_;
  const std::vector<PlannedTrial>& plan_;
  const Store& store_;
  const FactsOf facts_;
  const Shard shard_;
  const std::vector<bool> mine_;  ///< (position) the shard's
  const std::optional<int> max_failures_;
  const int n_ranks_;
  int n_running_;  // ranks at work
  const bool quiet_;

  const std::atomic<bool>& stop_;
  CrashBook& crashes_;
  int n_lost_ = 0;
  bool too_many_failed_ = false;
  SweepRecord record_;
  std::vector<Job> jobs_;
  std::vector<std::uint32_t> unread_;  // reported, but their files were not to be seen yet
  Progress progress_;
  mutable AwakeClock awake_{longest_tick_s};
  Clock::time_point last_fold_ = Clock::now(), last_status_ = last_fold_;
  double started_unix_s_, fold_time_s_ = 0;
  Rates prior_, rates_;       // at the start, now
  std::size_t n_fitted_ = 0;  // finished trials when `rates_` were fitted
  int n_threads_ = 1;
  std::optional<Outlook> outlook_;
  std::size_t n_before_ = 0, n_failed_before_ = 0, n_since_fold_ = 0;
  double best_accuracy_ = not_measured;
  std::string best_trial_;
};

}  // namespace ksweep
