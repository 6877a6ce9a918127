#pragma once

#include <cstddef>
#include <cstdio>
#include <limits>
#include <optional>
#include <string>

namespace ksweep {

/// How far a sweep is.
struct ProgressState {
  double n_done = 0, n_failed = 0, n_left = 0;  ///< trials; `n_left` includes the running ones
  double n_running = 0;
  double progress_of_running =
      std::numeric_limits<double>::quiet_NaN();  ///< mean share that is done; NaN: unknown
  double n_before = 0;                           ///< of those done or failed, how many were so at the start
  double elapsed_s = 0;                          ///< since the start
  double left_s =
      std::numeric_limits<double>::quiet_NaN();  ///< predicted; NaN: there is no ground for it yet
  double best_accuracy = std::numeric_limits<double>::quiet_NaN();  ///< on the validation part; NaN: none yet
  std::string best_trial;                                           ///< "k=25 seed=3"
};

/// "12/60 done, 1 failed, 2 running (37 %) | 31/min | 4 min 10 s left | best validation 98.31 % k=25 seed=3", cut to
/// `width` characters.
std::string progress_text(const ProgressState& state, std::size_t width);

/// Whether a log that is no terminal should get another line: not within 10 s of the last, then for each tenth of the
/// sweep, and after a quarter of the time since its start, but at least each minute.
bool is_line_due(const ProgressState& last, const ProgressState& now);

/// Columns of the terminal that the file leads to, itself or through the command that started the ranks; nothing if it
/// leads to none that can rewrite a line.
std::optional<std::size_t> terminal_columns(std::FILE* file);

/// Takes back what stands in a terminal's line.
inline constexpr const char* erase_line = "\r\033[K";

/// Shows progress on `file`: one line that rewrites itself on a terminal, a line now and then elsewhere.
class Progress {
 public:
  explicit Progress(std::FILE* file);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void show(const ProgressState& state);
  /// Takes the rewriting line away, so that something else can be printed; show() brings it back.
  void clear();
  /// The last word: a line that stays.
  void finish(const ProgressState& state);

 private:
  std::FILE* file_;
  bool is_shown_ = false;
  bool has_printed_ = false;
  ProgressState last_;
};

}  // namespace ksweep
