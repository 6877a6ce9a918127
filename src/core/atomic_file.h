#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace ksweep {

/// Writes a file that appears whole or not at all: a temporary name in the same folder, read back and compared,
/// fsync, rename, fsync of the folder.  Every failure, of fsync too, is a UserError that names the file,
/// the system's reason and what to do; the temporary file is then removed.
void write_file_atomically(const std::filesystem::path& path, std::string_view bytes);

/// The whole content of a file of at most so many bytes.  Throws UserError that names it.
std::string read_file(const std::filesystem::path& path, std::size_t most_bytes = std::string::npos);

/// Name fragment of temporary files; a file with it in its name was left by a killed writer.
inline constexpr std::string_view temporary_mark = ".tmp.";

}  // namespace ksweep
