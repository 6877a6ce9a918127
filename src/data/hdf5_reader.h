#pragma once

#include <filesystem>
#include <string>

#include "data/assemble.h"

namespace ksweep {

/// Whether a file has the HDF5 signature, possibly behind a user block, as in MATLAB's files.
bool is_hdf5(const std::filesystem::path& path);

/// Reads the parts in an HDF5 file.  object: a group whose arrays, and those of its subgroups, are recognised
/// by their names (array_names.h); or a dataset of samples, with labels from the same group if it holds any.
///
/// Runs in a child process (base/in_child.h): libhdf5 1.10 crashes, hangs or fills the memory on some damaged
/// or hostile files.  Throws UserError for every fault of the file, including these.
Parts read_hdf5(const std::filesystem::path& path, const std::string& object);

/// The same in this process, for files that can be trusted.
Parts read_hdf5_here(const std::filesystem::path& path, const std::string& object);

}  // namespace ksweep
