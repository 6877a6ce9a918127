#pragma once

#include <optional>
#include <string>
#include <vector>

#include "data/data_request.h"
#include "data/raw_array.h"

namespace ksweep {

/// What the files of a data set hold.
struct Parts {
  RawArray train;
  std::optional<RawArray> train_labels, test, test_labels;
  std::vector<std::string> unused = {};  ///< arrays or files that were found and are not used
  std::vector<std::string> notes = {};   ///< what else should be known of them, a sentence each
};

/// Checks the parts against each other and makes a Dataset in plain memory of them: numbers the classes, divides all
/// samples by one scale, sets a test part aside where there is none, and notes what a reader should know.
/// Throws UserError where the parts do not fit.
Dataset assemble(const DataRequest& request, const std::string& source, Parts parts);

}  // namespace ksweep
