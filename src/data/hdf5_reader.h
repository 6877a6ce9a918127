#pragma once

#include <filesystem>
#include <string>

#include "data/assemble.h"

namespace ksweep {

/// Whether a file begins as HDF5 files do, behind a block of the user's (as MATLAB's have) if there is one.
bool is_hdf5(const std::filesystem::path& path);

/// Reads the parts in an HDF5 file.  object: a group whose arrays, and those of the groups below, are known by their
/// names (array_names.h); or a dataset of samples, whose labels are the array of labels beside it, if there is one.
///
/// In a child process (base/in_child.h): libhdf5 1.10 crashes, hangs or fills the memory on some damaged files, and hostile ones
/// find more ways.  Throws UserError for every fault of the file, these too.
Parts read_hdf5(const std::filesystem::path& path, const std::string& object);

/// The same in this process: for those who know the file.
Parts read_hdf5_here(const std::filesystem::path& path, const std::string& object);

}  // namespace ksweep
