#pragma once

#include <stdexcept>
#include <string>

namespace ksweep {

/// Exit codes of the program, documented in docs/running.md.
enum class ExitCode {
  done = 0,           ///< every trial of the sweep is done
  usage = 1,          ///< wrong command line, sweep file or data
  failed_trials = 2,  ///< the sweep is finished, but some trials failed
  environment = 3,    ///< unfit environment: singletons instead of ranks, threads without cores
  crashed = 70,       ///< the ranks died again and again, and nothing was finished in between (EX_SOFTWARE)
  stopped = 75,       ///< stopped cleanly with work left: run again (EX_TEMPFAIL)
};

/// A mistake in the user's input.  The text says what, where, why it matters and what to do.
struct UserError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The machine or the way the program was launched cannot do what was asked.
struct EnvironmentError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Thrown inside a trial when a stop was requested; the trial leaves no trace.
struct Interrupted : std::exception {
  const char* what() const noexcept override { return "stopped on request"; }
};

}  // namespace ksweep
