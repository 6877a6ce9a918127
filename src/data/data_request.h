#pragma once

#include <filesystem>
#include <string>

#include "data/prepare.h"

namespace ksweep {

/// Which samples are requested, and where to look for them.
struct DataRequest {
  std::string set;                 ///< digits, a set's name, or a path
  std::filesystem::path data_dir;  ///< --data-dir; searched before KSWEEP_DATA and the user's cache directory
  std::size_t n_train = 0;         ///< samples for a generator to make, validation included; 0: 60,000
  std::size_t n_test = 0;          ///< the same for the test part; 0: 10,000
  Preparation preparation = {};
  std::filesystem::path sweep_folder = {};  ///< the sweep file's; relative paths are also looked up there
};

/// Returns the request for a trial's samples.
DataRequest request_for(const Trial& trial, const std::filesystem::path& data_dir,
                        const std::filesystem::path& sweep_folder);

}  // namespace ksweep
