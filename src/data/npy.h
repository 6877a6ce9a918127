#pragma once

#include <filesystem>
#include <optional>

#include "data/assemble.h"
#include "data/shard_array.h"

namespace ksweep {

/// Reads an NPY array (format versions 1 to 3), in C or Fortran order, of numbers of 8 to 64 bits, float16 or
/// texts ('U', 'S'), not complex.
/// Source: numpy.lib.format, "Format Version 1.0".
RawArray read_npy(ByteSource& source);

/// Returns where the numbers of an NPY file lie, from its header alone; none for texts, Fortran order and compressed files, which
/// read_npy() reads.  Throws UserError if the file is longer or shorter than its header says.
std::optional<ShardArray> locate_npy(const std::filesystem::path& path);

/// Reads the parts from an NPZ file: a zip archive of NPY members, stored or deflated.
Parts read_npz(const std::filesystem::path& path);

}  // namespace ksweep
