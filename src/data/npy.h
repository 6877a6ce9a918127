#pragma once

#include <filesystem>

#include "data/assemble.h"

namespace ksweep {

/// Reads an NPY array (format versions 1 to 3), in C or Fortran order, of numbers of 8 to 64 bits, float16 (as float32) or
/// texts ('U', 'S'), not complex.
/// Source: numpy.lib.format, "Format Version 1.0".
RawArray read_npy(ByteSource& source);

/// Reads the parts from an NPZ file: a zip archive of NPY members, stored or deflated.
Parts read_npz(const std::filesystem::path& path);

}  // namespace ksweep
