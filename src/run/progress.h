#pragma once

#include <cstddef>
#include <cstdio>
#include <limits>
#include <optional>
#include <string>

#include "core/metrics.h"

namespace ksweep {

/// The best trial so far.
struct BestTrial {
  const ReportMetric* metric = &metrics().front();
  double value = not_measured;  ///< of the validation part; NaN: none yet
  std::string name;             ///< "k=25 seed=3"
};

/// The progress of a race.
struct RaceProgress {
  double n_settings = 0, n_out = 0;  ///< settings that race, and those that have left
  double n_rounds = 0;               ///< complete rounds
  double n_added = 0;                ///< settings that the race added
  bool may_grow = false;             ///< it may add more, if a larger budget lets it go on
  std::optional<double> spent = {};  ///< the budget that ended it, in core-hours
};

/// The progress of a sweep.
struct ProgressState {
  double n_done = 0, n_failed = 0, n_left = 0;  ///< trials; `n_left` includes the running ones
  double n_running = 0;
  double progress_of_running =
      std::numeric_limits<double>::quiet_NaN();  ///< mean share that is done; NaN: unknown
  double n_before = 0;                           ///< number of trials that were done or failed at the start
  double n_pairs = 0, n_pairs_done = 0;          ///< pairs of seeds that are compared after the trainings
  double elapsed_s = 0;                          ///< seconds since the start
  double left_s =
      std::numeric_limits<double>::quiet_NaN();  ///< predicted; NaN: there are no grounds for it yet
  BestTrial best;
  std::optional<RaceProgress>
      race;  ///< then `n_left` counts what may still be trained, `left_s` is of this round
};

/// Returns "7 of 12 settings left the race after 5 seeds; the budget of 3 core-hours is spent".
std::string race_text(const RaceProgress& race);

/// Returns "12/60 done, 1 failed, 2 running (37 %) | 31/min | 4 min 10 s left | best validation 98.31 % k=25
/// seed=3", cut to `width` characters.
std::string progress_text(const ProgressState& state, std::size_t width);

/// Returns whether a log that is no terminal should get another line: not within 10 s of the last, then for
/// each tenth of the sweep, and after a quarter of the time since its start, but at least every minute.
bool is_line_due(const ProgressState& last, const ProgressState& now);

/// Returns the columns of the terminal behind the file, which may be that of the command that started the
/// ranks; nothing if there is none that can rewrite a line.
std::optional<std::size_t> terminal_columns(std::FILE* file);

/// Erases the current line of a terminal.
inline constexpr const char* erase_line = "\r\033[K";

/// Shows progress on `file`: one line that is rewritten on a terminal, occasional lines elsewhere.
class Progress {
 public:
  explicit Progress(std::FILE* file);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void show(const ProgressState& state);
  /// Erases the line on a terminal so that other text can be printed; show() restores it.
  void clear();
  /// Prints a last line, which stays.
  void finish(const ProgressState& state);

 private:
  std::FILE* file_;
  bool is_shown_ = false;
  bool has_printed_ = false;
  ProgressState last_;
};

}  // namespace ksweep
