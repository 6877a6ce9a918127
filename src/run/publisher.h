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
#include "run/result_table.h"
#include "run/run_options.h"
#include "store/store.h"

namespace ksweep {

/// What a run is at the moment beyond its results.
struct RunState {
  std::string state;  ///< "running", "complete", "stopped" or "fault"
  double exit_code = not_measured;
  int n_lost = 0;  ///< ranks
};

/// Makes a run visible: the progress display, status.json, and sweep.h5, which is folded from the trials' files.
class Publisher {
 public:
  /// stop: somebody waits for the end.  All arguments must outlive the object.
  Publisher(const Sweep& sweep, const ResultTable& table, const Store& store, const RunOptions& options,
            const std::atomic<bool>& stop);

  /// What sweep.h5 holds beside the results, from now on.
  void describe(SampleShape shape, std::vector<std::pair<std::string, std::string>> provenance);

  void show(const ProgressState& progress);
  void show_last(const ProgressState& progress);

  bool is_status_due() const;
  void write_status(const RunState& state, const ProgressState& progress);

  /// Whether it is time to write sweep.h5: seldom, since it is rewritten whole.
  bool is_fold_due() const;

  /// Writes sweep.h5.  finished: when the sweep was; empty: it is not.  Does not wait for another shard that is at it; returns
  /// false then.
  bool fold(ResultTable& table, const Calibration& calibration, const std::string& finished = "");

  /// The same, but waits for other shards; after a stop not for long.  waiting(): called meanwhile.
  bool fold_at_last(ResultTable& table, const Calibration& calibration, const std::string& finished,
                    const std::function<void()>& waiting);

  /// Whether sweep.h5 says that it is of this sweep file with these overrides.
  bool sweep_file_is_of_this_grid() const;

  std::filesystem::path sweep_file() const { return store_.folder() / "sweep.h5"; }

  /// On finished trials of other grids in the folder.
  std::string note_on_others() const;

 private:
  using Clock = std::chrono::steady_clock;

  bool fold(ResultTable& table, const Calibration& calibration, const std::string& finished,
            const std::function<bool()>& may_wait);
  std::string notes(bool has_failures) const;

  const Sweep& sweep_;
  const ResultTable& table_;
  const Store& store_;
  const Shard shard_;
  const bool quiet_;
  const std::atomic<bool>& stop_;
  SampleShape shape_{};
  std::vector<std::pair<std::string, std::string>> provenance_;
  Progress progress_;
  const double started_unix_s_;
  Clock::time_point last_status_ = Clock::now(), last_fold_ = last_status_;
  double fold_time_s_ = 0;
};

}  // namespace ksweep
