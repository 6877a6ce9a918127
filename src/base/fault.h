#pragma once

#include <exception>
#include <string>

#include "base/errors.h"

namespace ksweep {

/// What ended the work, in a form that can be sent to other ranks and stored in the status file: what the program is to
/// return, and the message.
struct Fault {
  ExitCode code = ExitCode::done;
  std::string text = {};
  explicit operator bool() const { return code != ExitCode::done; }
};

/// An exception as a fault: of the user's input, of the machine, or else a mistake of ours.
Fault fault_of(const std::exception_ptr& exception);

/// Throws an exception whose fault_of is this fault.
[[noreturn]] void raise(const Fault& fault);

}  // namespace ksweep
