#pragma once

#include <filesystem>
#include <string>

#include "data/dataset.h"

namespace ksweep {

struct DataRequest {
  std::string set;                 ///< digits | mnist | fashion | path to IDX folder, NPY/NPZ or HDF5[:dataset]
  std::filesystem::path data_dir;  ///< --data-dir; empty: KSWEEP_DATA, then the user's cache directory
  std::size_t n_train = 0;         ///< of a generator: how many to make, validation included; 0: 60,000
  std::size_t n_test = 0;          ///< of a generator; 0: 10,000
};

/// Reads or generates a data set into plain memory.  Throws UserError for every fault of the files.
Dataset load_dataset(const DataRequest& request);

}  // namespace ksweep
