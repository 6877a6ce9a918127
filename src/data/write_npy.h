#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

#include "base/matrix.h"

namespace ksweep {

/// Write an NPY array (format version 1.0, little-endian, C order) that appears whole or not at all: samples as float32
/// (n x inputs), labels as int32 (n).  Throw UserError as write_file_atomically() does.
/// Source: numpy.lib.format, "Format Version 1.0".
void write_npy(const std::filesystem::path& path, const MatrixView<float>& samples);
void write_npy(const std::filesystem::path& path, std::span<const std::int32_t> labels);

}  // namespace ksweep
