#pragma once

#include <filesystem>
#include <string>

#include "data/assemble.h"

namespace ksweep {

/// Reads the parts in an HDF5 file.  object: a group that holds x_train, y_train, x_test, y_test, or x and y,
/// or a single dataset; or a dataset of samples, whose labels are the dataset `labels` or `y` beside it, if
/// there is one.
///
/// In a child process (core/in_child.h): libhdf5 1.10 crashes, hangs or fills the memory on some damaged files, and hostile ones
/// find more ways.  Throws UserError for every fault of the file, these too.
Parts read_hdf5(const std::filesystem::path& path, const std::string& object);

/// The same in this process: for those who know the file.
Parts read_hdf5_here(const std::filesystem::path& path, const std::string& object);

}  // namespace ksweep
