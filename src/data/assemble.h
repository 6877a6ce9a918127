#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "data/raw_array.h"

namespace ksweep {

/// What the files of a data set hold.
struct Parts {
  RawArray train;
  std::optional<RawArray> train_labels, test, test_labels;
};

/// Checks the parts against each other and makes a Dataset in plain memory of them.  Without a test part, the
/// last sixth of the samples is the test set.
Dataset assemble(const std::string& set, const std::string& source, Parts parts);

/// Finds the parts among arrays with names, as NPZ and HDF5 files hold them; load.h documents the names.
/// `where` is for messages: the file.
Parts parts_by_name(const std::string& where, const std::vector<std::string>& names,
                    const std::function<RawArray(const std::string& name)>& read);

/// SHA-256 over a header with all shapes and counts, and the samples and labels.
std::string content_hash(const Dataset& dataset);

}  // namespace ksweep
