#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace ksweep {

/// Writes a file that appears whole or not at all: a temporary name in the same folder, read back and compared,
/// fsync, rename, fsync of the folder.  Links are followed, an older file's permissions are kept, and what is no
/// regular file (a device, a pipe that somebody reads) is written to as it stands.  Every failure, of fsync too, is a
/// UserError that names the file, the system's reason and what to do; the temporary file is then removed.
void write_file_atomically(const std::filesystem::path& path, std::string_view bytes);

/// The same for a place that the user named; of a pipe it waits for the reader.
void write_output(const std::filesystem::path& path, std::string_view bytes);

/// Whether this path leads to where standard output goes, as /dev/stdout does: then it is written to as it stands.
bool is_standard_output(const std::filesystem::path& path);

/// The whole content of a regular file of at most so many bytes.  Throws UserError that names it, also of a pipe or a
/// device, which might never end.
std::string read_file(const std::filesystem::path& path, std::size_t most_bytes = std::string::npos);

/// The same of whatever a user may name as input: pipes and devices, too.
std::string read_input(const std::filesystem::path& path, std::size_t most_bytes);

/// Name fragment of temporary files; a file with it in its name was left by a killed writer.
inline constexpr std::string_view temporary_mark = ".tmp.";

}  // namespace ksweep
