#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace ksweep {

/// Where the files of a data set are.
struct SetPlace {
  std::filesystem::path path;    ///< a folder or a file
  std::string object = "/";      ///< of an HDF5 file: group or dataset
  std::string passed_over = "";  ///< another place that fits as well; empty: there is none
};

/// Folders that hold data sets, in the order in which they are searched: `data_dir` if not empty,
/// KSWEEP_DATA, the user's cache directory.
std::vector<std::filesystem::path> data_folders(const std::filesystem::path& data_dir);

/// Finds a set by its name or path; load.h documents how.  Throws UserError that tells all places searched.
SetPlace find_set(const std::string& set, const std::filesystem::path& data_dir,
                  const std::filesystem::path& sweep_folder = {});

}  // namespace ksweep
