#pragma once

#include <filesystem>
#include <limits>
#include <string>
#include <vector>

namespace ksweep {

/// Interval at which a run writes its status.
inline constexpr double status_interval_s = 2;

/// State of a sweep as its coordinator last wrote it to DIR/status.json, for readers on any machine.
struct SweepStatus {
  std::string title;
  std::string state = "running";  ///< running | complete | stopped | fault
  std::string shard;              ///< "3/8"; empty: the whole sweep
  std::string attempt;            ///< name of the start of the ranks
  std::string host;               ///< host of the coordinator
  std::string notes;              ///< notes on the data, one per line
  std::string running = "[]";  ///< JSON of what the ranks are training (run/running_trials.h); not read back
  std::string race;            ///< how a race stands (run/progress.h); empty: all trials are trained
  std::string best_trial;      ///< "k=25 seed=3"; empty if none is done
  std::string best_metric;     ///< that the best trial is best by; empty: accuracy
  double best_accuracy =
      std::numeric_limits<double>::quiet_NaN();            ///< validation accuracy, if that is the metric
  double best = std::numeric_limits<double>::quiet_NaN();  ///< value on the validation part of another metric
  double n_trials = 0, n_done = 0, n_failed = 0, n_running = 0;
  double n_not_needed = 0;  ///< trials without a result that a race does not ask for
  double started_unix_s = 0, updated_unix_s = 0;
  double trials_per_s = 0;
  double left_s = std::numeric_limits<double>::quiet_NaN();  ///< predicted; NaN: unknown
  double pid = 0, pid_start = 0;                             ///< process of the coordinator (process_start)
  double ranks_lost = 0;
  double exit_code = std::numeric_limits<double>::quiet_NaN();  ///< of the run; NaN: it has not ended

  double n_left() const { return n_trials - n_done - n_failed - n_not_needed; }
};

/// Returns FOLDER/status.json, or the file of the shard with this suffix.
std::filesystem::path status_path(const std::filesystem::path& folder, const std::string& suffix = "");

/// Returns the paths of all status files in a folder, by name.  Throws UserError if there is none.
std::vector<std::filesystem::path> status_paths(const std::filesystem::path& folder);

/// Returns the text in quotes, as JSON.
std::string json_quoted(const std::string& text);

/// Writes the file atomically.  Unknown numbers are null.
void write_status(const std::filesystem::path& path, const SweepStatus& status);

/// Throws UserError if the file is absent or no status.
SweepStatus read_status(const std::filesystem::path& path);

}  // namespace ksweep
