#pragma once

#include <functional>
#include <span>
#include <string>

#include "cli/options.h"

namespace ksweep {

/// A command, which is chosen by the first word of the command line.
struct Command {
  std::string name, summary;
  std::function<int(const Arguments& arguments)> run;  ///< returns the exit code
};

/// Runs the command that the first argument names with the remaining arguments.  Without arguments or with
/// --help, lists the commands.  `program`: "ksweep" or "ksweep data".  Throws UserError for an unknown
/// command.
int dispatch(const std::string& program, std::span<const Command> commands, const Arguments& arguments);

}  // namespace ksweep
