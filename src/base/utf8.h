#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace ksweep {

/// Returns the position of the first byte that is not part of valid UTF-8 (Unicode 15, table 3-7), or
/// nothing.
std::optional<std::size_t> first_foreign_byte(std::string_view text);

/// Returns the text with each such byte written like \xe9.  Names of files, folders and hosts may hold any
/// byte, but stored text must be UTF-8, or h5py, xarray and JSON readers fail on it.
std::string as_utf8(std::string_view text);

/// Writes a byte like `\xe9`.
std::string escaped_byte(char byte);

}  // namespace ksweep
