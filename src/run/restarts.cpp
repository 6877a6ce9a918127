#include "run/restarts.h"

#include <algorithm>
#include <cmath>

#include "base/errors.h"

namespace ksweep {
namespace {

namespace fs = std::filesystem;

// Numbers of starts that may end before a sweep ever begins.  A signal that came early may explain one of
// them.
constexpr int most_without_beginning = 2, most_killed_before_beginning = 3;

}  // namespace

std::optional<int> verdict(const RanksEnd& end) {
  const auto of = [](ExitCode exit) { return static_cast<int>(exit); };
  if (end.status && std::isfinite(end.status->exit_code)) {
    const int said = static_cast<int>(end.status->exit_code);
    const bool nobody_asked =
        said == of(ExitCode::stopped) && (end.status->ranks_lost > 0 || end.given_up) && !end.stop_requested;
    return nobody_asked ? std::nullopt : std::optional(said);
  }
  if (end.stop_requested) return of(ExitCode::stopped);
  // After a run had begun, these codes mean wrong files, or a bug, if not even the status could be written.
  // NOLINTNEXTLINE(misc-redundant-expression): two codes
  const bool would_recur = end.refusal == of(ExitCode::usage) || end.refusal == of(ExitCode::our_mistake);
  return end.status && !would_recur ? std::nullopt : end.refusal;
}

Advance advance_in(const fs::path& folder) {
  Advance advance;
  std::error_code none;
  const auto each_file = [&](const char* name, auto use) {
    auto entry = fs::recursive_directory_iterator(folder / name, none);
    for (; !none && entry != fs::recursive_directory_iterator(); entry.increment(none)) use(*entry);
  };
  each_file("trials", [&](const auto& entry) { advance.n_trials += entry.path().extension() == ".h5"; });
  each_file("checkpoints", [&](const auto& entry) {
    const auto time = entry.last_write_time(none);
    if (!none) advance.last_checkpoint = std::max(advance.last_checkpoint, time);
  });
  return advance;
}

Restarts::Then Restarts::after_crash(int code, bool has_begun, bool got_on) {
  if (!has_begun) {
    const int most = code < first_of_a_signal ? most_without_beginning : most_killed_before_beginning;
    if (++n_before_beginning_ >= most) return Then::never_begins;
  }
  n_fruitless_ = got_on ? 0 : n_fruitless_ + 1;
  return n_fruitless_ >= most_fruitless ? Then::gets_nowhere : Then::again;
}

}  // namespace ksweep
