#pragma once

#include <filesystem>
#include <string>

#include "cli/options.h"

namespace ksweep {

/// Returns the path of the program that writes reports, relative to a `ksweep` in a source tree or an
/// installation: both may be moved.  Throws EnvironmentError if there is none.
std::filesystem::path report_program(const std::filesystem::path& ksweep);

/// Returns the Python that runs it.  chosen: $KSWEEP_PYTHON, may be null.  Otherwise the system's, since a
/// conda or pyenv that is first in PATH seldom has the packages; otherwise the first in PATH.
std::string report_python(const char* chosen);

/// Replaces this process by that program, which parses the arguments itself.  Throws EnvironmentError if that
/// fails.
int report_command(const Arguments& arguments);

}  // namespace ksweep
