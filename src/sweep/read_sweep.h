#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "sweep/sweep.h"

namespace ksweep {

/// The text of a sweep file, which may be a pipe and then cannot be read twice.  Throws UserError.
std::string read_sweep_text(const std::filesystem::path& path);

/// Reads a sweep from the text of the file of this name; `overrides` ("section.key=values") win over it.  Throws UserError
/// with file, line and key.
Sweep read_sweep(const std::filesystem::path& path, const std::vector<std::string>& overrides,
                 const std::string& text);
Sweep read_sweep(const std::filesystem::path& path, const std::vector<std::string>& overrides);

}  // namespace ksweep
