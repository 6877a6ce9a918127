#pragma once

#include <filesystem>
#include <string>

#include "cli/options.h"

namespace ksweep {

/// The program that writes reports, as it lies in a tree of sources or an installation whose `ksweep` is at this path: both
/// may be moved.  Throws EnvironmentError if there is none.
std::filesystem::path report_program(const std::filesystem::path& ksweep);

/// The Python that runs it.  chosen: $KSWEEP_PYTHON, may be null; else the system's, since a conda or pyenv that stands first in
/// PATH seldom has the packages; else the first in PATH.
std::string report_python(const char* chosen);

/// Becomes that program, which knows its options and reads the arguments itself.  Returns only by EnvironmentError.
int report_command(const Arguments& arguments);

}  // namespace ksweep
