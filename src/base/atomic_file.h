#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace ksweep {

/// Writes a file that appears whole or not at all: a temporary name in the same folder, read back and compared,
/// fsync, rename, fsync of the folder.  Links are followed, an older file's permissions are kept, and a
/// device or a pipe that has a reader is written to directly.  Throws UserError for every failure, also of
/// fsync, that names the file, the system's reason and what to do; the temporary file is then removed.
void write_file_atomically(const std::filesystem::path& path, std::string_view bytes);

/// Takes the next bytes of a file.
using TakeBytes = std::function<void(std::string_view bytes)>;

/// The same for content that need not fit into memory: `make` passes it on, piece by piece.  An exception of `make` leaves no
/// file.
void write_file_in_pieces(const std::filesystem::path& path,
                          const std::function<void(const TakeBytes&)>& make);

/// The same for a path that the user named; waits until a pipe has a reader.
void write_output(const std::filesystem::path& path, std::string_view bytes);

/// Throws UserError if there is something of this name: it would be lost.
void refuse_existing(const std::filesystem::path& path);

/// Makes a folder that appears with all its files or not at all: `fill` writes them into a folder with a temporary name beside it.
/// Makes the folders above it.  Throws UserError, and leaves nothing, if there is something of this name or `fill` throws.
void write_folder_atomically(const std::filesystem::path& path,
                             const std::function<void(const std::filesystem::path& folder)>& fill);

/// Whether this path leads to standard output, as /dev/stdout does; write_output() then writes to it
/// directly.
bool is_standard_output(const std::filesystem::path& path);

/// Returns the content of a regular file of at most `most_bytes`.  Throws UserError that names the file; also
/// for a pipe or a device, which might never end.
std::string read_file(const std::filesystem::path& path, std::size_t most_bytes = std::string::npos);

/// The same for input that the user named, which may also be a pipe or a device.
std::string read_input(const std::filesystem::path& path, std::size_t most_bytes);

/// Name fragment of temporary files; a file with it in its name was left by a killed writer.
inline constexpr std::string_view temporary_mark = ".tmp.";

}  // namespace ksweep
