#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "data/dataset.h"
#include "run/calibration.h"
#include "run/progress.h"
#include "run/race.h"
#include "run/result_table.h"
#include "run/run_options.h"
#include "run/seed_pairs.h"
#include "store/store.h"

namespace ksweep {

/// The current state of a run, apart from its results.
struct RunState {
  std::string state;  ///< "running", "complete", "stopped" or "fault"
  double exit_code = not_measured;
  int n_lost = 0;              ///< number of lost ranks
  std::string running = "[]";  ///< running_json()
};

/// Publishes a run's state: progress display, status.json, and sweep.h5, which is assembled from the trials'
/// files.
class Publisher {
 public:
  /// race: null if all trials are trained.  stop: a stop was requested.  All arguments must outlive the object.
  Publisher(const Sweep& sweep, const ResultTable& table, const std::vector<PlannedPair>& pairs,
            const Store& store, const RunOptions& options, const Race* race, const std::atomic<bool>& stop);

  /// Sets what sweep.h5 holds beside the results.
  void describe(SampleShape shape, std::vector<std::pair<std::string, std::string>> provenance);

  void show(const ProgressState& progress);
  void show_last(const ProgressState& progress);

  bool is_status_due() const;
  void write_status(const RunState& state, const ProgressState& progress);

  /// Returns whether sweep.h5 should be written: rarely, since it is rewritten whole.
  bool is_fold_due() const;

  /// Writes sweep.h5.  finished: time at which the sweep was finished; empty: it is not.  Does not wait for
  /// another shard that is writing it; then returns false.
  bool fold(ResultTable& table, const Calibration& calibration, const std::string& finished = "");

  /// Does the same, but waits for other shards, after a stop only briefly.  waiting(): called while it waits.
  bool fold_at_last(ResultTable& table, const Calibration& calibration, const std::string& finished,
                    const std::function<void()>& waiting);

  /// Returns whether sweep.h5 is of this sweep file with these overrides.
  bool sweep_file_is_of_this_grid() const;

  std::filesystem::path sweep_file() const { return store_.folder() / "sweep.h5"; }

  /// Returns a note on finished trials of other grids in the folder.
  std::string note_on_others() const;

 private:
  using Clock = std::chrono::steady_clock;

  bool fold(ResultTable& table, const Calibration& calibration, const std::string& finished,
            const std::function<bool()>& may_wait);
  std::string notes(bool has_failures) const;

  const Sweep& sweep_;
  const ResultTable& table_;
  const std::vector<PlannedPair>& pairs_;
  const Store& store_;
  const Shard shard_;
  const bool quiet_;
  const Race* const race_;
  const std::atomic<bool>& stop_;
  SampleShape shape_{};
  std::vector<std::pair<std::string, std::string>> provenance_;
  Progress progress_;
  const double started_unix_s_;
  Clock::time_point last_status_ = Clock::now(), last_fold_ = last_status_;
  double fold_time_s_ = 0;
};

}  // namespace ksweep
