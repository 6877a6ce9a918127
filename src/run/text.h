#pragma once

#include <string>
#include <vector>

#include "base/bytes_text.h"  // IWYU pragma: export
#include "sweep/sweep.h"

namespace ksweep {

/// "0.4 s", "45 s", "4 min 10 s", "3 h 12 min", "2 d 3 h".
std::string duration_text(double seconds);

/// "98.31 %"; "-" if not measured.
std::string percent_text(double fraction);

/// Returns a count in full: "1000000".
std::string whole_text(double number);

/// "1 trial", "20 trials".
std::string count_text(double count, const std::string& noun);

/// Returns words as they are typed into a shell, quoted where necessary.
std::string shell_command(const std::vector<std::string>& words);

/// Returns the final message of a stopped run.  by: what stopped it; empty: not known.
std::string stopped_text(const std::string& command, const std::string& by = {}, bool from_pipe = false);

/// Returns the same command without --time-limit.
std::string without_time_limit(const std::string& command);

/// Returns what distinguishes a trial within its sweep: "k=25 seed=3".  Axes without a meaning for the trial,
/// as k for raw pixels, are left out.
std::string trial_text(const std::vector<Axis>& axes, const Trial& trial);
/// Does the same for keys given by their full names.
std::string trial_text(const std::vector<std::string>& keys, const Trial& trial);

}  // namespace ksweep
