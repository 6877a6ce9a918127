#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "sweep/sweep.h"

namespace ksweep {

/// Returns the text of a sweep file, which may be a pipe that cannot be read twice.  Throws UserError.
std::string read_sweep_text(const std::filesystem::path& path);

/// Reads a sweep from the text of the file of this name; `overrides` ("section.key=values") take precedence.
/// Throws UserError with file, line and key.
Sweep read_sweep(const std::filesystem::path& path, const std::vector<std::string>& overrides,
                 const std::string& text);
Sweep read_sweep(const std::filesystem::path& path, const std::vector<std::string>& overrides);

}  // namespace ksweep
