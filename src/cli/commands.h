#pragma once

#include <functional>
#include <span>
#include <string>

#include "cli/options.h"

namespace ksweep {

/// One word of the command line that picks what to do.
struct Command {
  std::string name, summary;
  std::function<int(const Arguments& arguments)> run;  ///< returns the exit code
};

/// Hands the arguments after the first to the command that the first names.  Without arguments or with --help
/// lists the commands.  `program`: "ksweep" or "ksweep data".  Throws UserError for an unknown command.
int dispatch(const std::string& program, std::span<const Command> commands, const Arguments& arguments);

}  // namespace ksweep
