#include "run/progress.h"

#include <fmt/core.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>

#include "core/trial_keys.h"
#include "run/launch.h"
#include "run/text.h"

namespace ksweep {
namespace {

constexpr double least_gap_s = 10, longest_gap_s = 60;

std::string rate_text(const ProgressState& state) {
  const double finished = state.n_done + state.n_failed - state.n_before;
  if (finished <= 0 || state.elapsed_s <= 0) return "";
  const double per_s = finished / state.elapsed_s;
  const auto [rate, unit] = per_s >= 10        ? std::pair(per_s, "/s")
                            : per_s * 60 >= 10 ? std::pair(per_s * 60, "/min")
                                               : std::pair(per_s * 3600, "/h");
  return " | " + whole_text(rate) + unit;
}

std::string share_text(const ProgressState& state) {
  if (!std::isfinite(state.progress_of_running)) return "";
  return " (" + whole_text(std::floor(100 * state.progress_of_running)) + " %)";
}

/// "validation 98.31 % k=25 seed=3", "validation variance unexplained 4.531 % k=64 seed=0".
std::string best_text(const BestTrial& best) {
  std::string text = best.metric->has_parts() ? "validation " : "";
  if (!best.metric->is_accuracy()) text += std::string(best.metric->noun) + " ";
  return text + value_text(*best.metric, best.value) + (best.name.empty() ? "" : " " + best.name);
}

}  // namespace

std::string race_text(const RaceProgress& race) {
  return fmt::format(
      "{} of {}{} left the race after {}{}{}", whole_text(race.n_out), count_text(race.n_settings, "setting"),
      race.n_added > 0 ? fmt::format(" ({} added)", whole_text(race.n_added)) : "",
      count_text(race.n_rounds, "seed"),
      race.spent ? fmt::format("; the budget of {} core-hours is spent", shortest_text(*race.spent)) : "",
      race.may_grow ? "; values of k may be added" : "");
}

std::optional<std::size_t> terminal_columns(std::FILE* file) {
  constexpr std::size_t usual = 80;
  const char* kind = std::getenv("TERM");
  if (!kind || std::strcmp(kind, "dumb") == 0) return std::nullopt;
  if (const char* columns = std::getenv(terminal_variable); columns && std::getenv(attempt_variable))
    return *columns ? std::optional<std::size_t>(std::strtoul(columns, nullptr, 10)) : std::nullopt;
  if (!::isatty(::fileno(file))) return std::nullopt;
  winsize size{};
  if (::ioctl(::fileno(file), TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return usual;
  return size.ws_col;
}

std::string progress_text(const ProgressState& state, std::size_t width) {
  const double total = state.n_done + state.n_failed + state.n_left;
  std::string text = fmt::format("{}{}{} done", whole_text(state.n_done),
                                 state.race && state.n_left > 0 ? " of at most " : "/", whole_text(total));
  if (state.n_failed > 0) text += ", " + whole_text(state.n_failed) + " failed";
  if (state.n_running > 0)
    text += fmt::format(", {} running{}", whole_text(state.n_running), share_text(state));
  text += rate_text(state);
  if (state.n_running > 0 && std::isfinite(state.left_s))
    text += " | " + duration_text(state.left_s) + (state.race ? " left of this round" : " left");
  if (state.n_running > 0 && !std::isfinite(state.left_s)) text += " | estimating the time left";
  if (state.race) text += " | " + race_text(*state.race);
  if (state.n_pairs > 0)
    text += fmt::format(" | {}/{} pairs of seeds compared", whole_text(state.n_pairs_done),
                        whole_text(state.n_pairs));
  if (state.n_left == 0) text += " | took " + duration_text(state.elapsed_s);
  if (std::isfinite(state.best.value)) text += " | best " + best_text(state.best);
  return text.substr(0, width);
}

bool is_line_due(const ProgressState& last, const ProgressState& now) {
  const double gap_s = now.elapsed_s - last.elapsed_s;
  const double finished = now.n_done + now.n_failed, before = last.n_done + last.n_failed;
  const double tenth = (finished + now.n_left) / 10;
  const double patience_s = std::min(longest_gap_s, now.elapsed_s / 4);
  return gap_s >= least_gap_s && (gap_s >= patience_s || finished - before >= tenth);
}

Progress::Progress(std::FILE* file) : file_(file) {}

Progress::~Progress() { clear(); }

void Progress::show(const ProgressState& state) {
  // Queried each time, since the window may have been resized.
  if (const auto columns = terminal_columns(file_)) {
    // The last column stays free: some terminals begin a new line after a character there.
    std::fprintf(file_, "%s%s", erase_line, progress_text(state, *columns - 1).c_str());
    is_shown_ = true;
  } else {
    if (state.n_left == 0 || (has_printed_ && !is_line_due(last_, state)))
      return;  // finish() prints the last line
    std::fprintf(file_, "%s\n", progress_text(state, std::string::npos).c_str());
    last_ = state;
    has_printed_ = true;
  }
  std::fflush(file_);
}

void Progress::clear() {
  if (!is_shown_) return;
  std::fputs(erase_line, file_);
  std::fflush(file_);
  is_shown_ = false;
}

void Progress::finish(const ProgressState& state) {
  clear();
  std::fprintf(file_, "%s\n", progress_text(state, std::string::npos).c_str());
  std::fflush(file_);
}

}  // namespace ksweep
