#pragma once

#include <filesystem>
#include <optional>

#include "store/status_file.h"

namespace ksweep {

/// How ranks that one mpirun started have ended.
struct RanksEnd {
  std::optional<int> refusal = {};         ///< exit code of the error that rank 0 told its supervisor of
  std::optional<SweepStatus> status = {};  ///< what they wrote last; nothing: the sweep never began
  bool given_up = false;                   ///< the supervisor ended them
  bool stop_requested = false;
};

/// Returns the exit code of `ksweep run` for this end; nothing if they crashed, so that they may be started again.
std::optional<int> verdict(const RanksEnd& end);

/// Changes when trials are finished or saved: their number, and the latest change of a checkpoint.
struct Advance {
  std::size_t n_trials = 0;
  std::filesystem::file_time_type last_checkpoint = std::filesystem::file_time_type::min();
  bool operator==(const Advance&) const = default;
};

/// Returns how far the trials in a results folder are.
Advance advance_in(const std::filesystem::path& folder);

/// Decides whether ranks that crashed are started once more.
class Restarts {
 public:
  enum class Then { again, never_begins, gets_nowhere };

  /// Number of consecutive crashes without progress after which the run is given up; larger than the number after which a
  /// trial is not tried again (CrashPolicy).
  static constexpr int most_fruitless = 7;

  /// Exit codes of mpirun from here on mean a signal.
  static constexpr int first_of_a_signal = 128;

  /// Counts a crash with this exit code of mpirun.  has_begun: the sweep has begun, in this start or an earlier one, so that a
  /// node may have been lost since; got_on: something was finished or saved in this start.
  Then after_crash(int code, bool has_begun, bool got_on);

  int n_fruitless() const { return n_fruitless_; }

 private:
  int n_fruitless_ = 0, n_before_beginning_ = 0;
};

}  // namespace ksweep
