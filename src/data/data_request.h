#pragma once

#include <filesystem>
#include <string>

#include "data/prepare.h"

namespace ksweep {

/// Which samples are asked for, and where they may lie.
struct DataRequest {
  std::string set;                 ///< digits, a set's name, or a path
  std::filesystem::path data_dir;  ///< --data-dir; searched before KSWEEP_DATA and the user's cache directory
  std::size_t n_train = 0;         ///< of a generator: how many to make, validation included; 0: 60,000
  std::size_t n_test = 0;          ///< of a generator; 0: 10,000
  Preparation preparation = {};
  std::filesystem::path sweep_folder = {};  ///< of the sweep file; relative paths are looked for there too
};

/// The samples of a trial.
DataRequest request_for(const Trial& trial, const std::filesystem::path& data_dir,
                        const std::filesystem::path& sweep_folder);

}  // namespace ksweep
