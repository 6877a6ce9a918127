#pragma once

#include <fmt/core.h>

#include <stdexcept>
#include <string>
#include <utility>

namespace ksweep {

/// Exit codes of the program, documented in docs/running.md.
enum class ExitCode {
  done = 0,           ///< every trial of the sweep is done
  usage = 1,          ///< wrong command line, sweep file or data
  failed_trials = 2,  ///< the sweep is finished, but some trials failed
  environment = 3,    ///< unfit environment: singletons instead of ranks, threads without cores
  crashed = 70,       ///< the ranks died again and again, and nothing was finished in between (EX_SOFTWARE)
  stopped = 75,       ///< stopped cleanly with work left: run again (EX_TEMPFAIL)
  our_mistake = 79,   ///< a mistake in ksweep itself (the first code that sysexits.h leaves free)
};

/// An error with its text: as it stands, UserError(text), or made of a format that the compiler checks and what goes into its
/// braces, UserError("{}: model.k = {} exceeds …", where, k).
struct TextError : std::runtime_error {
  using std::runtime_error::runtime_error;
  template <class First, class... Rest>
  TextError(fmt::format_string<First, Rest...> format, First&& first, Rest&&... rest)
      : std::runtime_error(fmt::format(format, std::forward<First>(first), std::forward<Rest>(rest)...)) {}
};

/// A mistake in the user's input.  The text says what, where, why it matters and what to do.
struct UserError : TextError {
  using TextError::TextError;
};

/// The machine or the way the program was launched cannot do what was asked.
struct EnvironmentError : TextError {
  using TextError::TextError;
};

/// Thrown inside a trial when a stop was requested; the trial leaves no trace.
struct Interrupted : std::exception {
  const char* what() const noexcept override { return "stopped on request"; }
};

}  // namespace ksweep
