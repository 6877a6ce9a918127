#pragma once

#include <filesystem>

#include "data/assemble.h"

namespace ksweep {

/// Reads a "binary matrix" file of NORB, plain or gzip-compressed: magic number (0x1E3D4C51 float, ..53 double, ..54
/// int32, ..55 byte, ..56 int16), number of dimensions, the dimensions (room for three even if there are fewer), then
/// the elements, all little-endian.  Source: cs.nyu.edu/~ylclab/data/norb-v1.0-small, "File Format".
RawArray read_binary_matrix(const std::filesystem::path& path);

/// Whether a folder holds small NORB: smallnorb-*-training-dat.mat, plain or .gz.
bool is_norb_folder(const std::filesystem::path& folder);

/// Reads small NORB under the names of its files: smallnorb-5x46789x9x18x6x2x96x96-training-dat.mat (n x 2 x 96 x 96
/// bytes, stereo pairs) and -training-cat.mat (classes), smallnorb-5x01235x9x18x6x2x96x96-testing-dat.mat and -cat.mat.
/// Each image's inner 64 x 64 pixels are reduced to 32 x 32 (resample.h): 2 x 32 x 32 = 2048 inputs, as in Makhzani &
/// Frey 2014, section 4.1 (the sizes and the bicubic way are quoted from memory: not checked against the paper).
/// Pairs are reduced while reading, so that the full images are never in memory together.
Parts read_norb_folder(const std::filesystem::path& folder);

}  // namespace ksweep
