#pragma once

#include <filesystem>
#include <string>

#include "data/assemble.h"

namespace ksweep {

/// Reads the parts in an HDF5 file.  object: a group that holds x_train, y_train, x_test, y_test, or x and y,
/// or a single dataset; or a dataset of samples, whose labels are the dataset `labels` or `y` beside it, if
/// there is one.
Parts read_hdf5(const std::filesystem::path& path, const std::string& object);

}  // namespace ksweep
