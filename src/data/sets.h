#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace ksweep {

/// Where the files of a data set are.
struct SetPlace {
  std::filesystem::path path;    ///< a folder or a file
  std::string object = "/";      ///< group or dataset in an HDF5 file, array in one of safetensors
  std::string passed_over = "";  ///< another place that would fit; empty: none
  std::vector<std::filesystem::path> files =
      {};  ///< what a pattern with * ? [ stands for, sorted; empty: it is none
};

/// Returns the folders that are searched for data sets, in this order: `data_dir` if not empty, KSWEEP_DATA,
/// the user's cache directory.
std::vector<std::filesystem::path> data_folders(const std::filesystem::path& data_dir);

/// Finds a set by its name or path; load.h documents how.  Throws UserError that lists all places searched.
SetPlace find_set(const std::string& set, const std::filesystem::path& data_dir,
                  const std::filesystem::path& sweep_folder = {});

}  // namespace ksweep
