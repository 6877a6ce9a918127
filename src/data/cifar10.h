#pragma once

#include <filesystem>

#include "data/assemble.h"

namespace ksweep {

/// Whether a folder holds the binary version of CIFAR-10: data_batch_1.bin or its like, plain or .gz.
bool is_cifar10_folder(const std::filesystem::path& folder);

/// Reads the binary version of CIFAR-10: data_batch_1.bin .. data_batch_5.bin, as many of them as there are, for
/// training and test_batch.bin, if there is one, for testing.  Each is a row of records of 3073 bytes: the class
/// (0..9), then 32 x 32 pixels in row order of the red, the green and the blue plane.
/// Source: www.cs.toronto.edu/~kriz/cifar.html, "Binary version".
Parts read_cifar10_folder(const std::filesystem::path& folder);

}  // namespace ksweep
