#pragma once

#include <filesystem>
#include <optional>

#include "data/assemble.h"

namespace ksweep {

/// Reads an IDX file, plain or gzip-compressed: two zero bytes, element type, number of dimensions (1 to 4),
/// the dimensions and then the elements, all big-endian.  Source: yann.lecun.com/exdb/mnist, "the IDX file
/// format".
RawArray read_idx(const std::filesystem::path& path);

/// Whether a folder holds training samples under MNIST's name.
bool is_idx_folder(const std::filesystem::path& folder);

/// Reads the parts from a folder that uses the names of MNIST's files: train-images-idx3-ubyte,
/// train-labels-idx1-ubyte, t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte, each with or without .gz.
Parts read_idx_folder(const std::filesystem::path& folder);

/// Writes a data set with samples in [0, 1] as such a folder, 8 bits per pixel.  Creates the folder.
void write_idx(const Dataset& dataset, const std::filesystem::path& folder);

}  // namespace ksweep
