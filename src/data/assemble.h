#pragma once

#include <optional>
#include <string>
#include <vector>

#include "data/data_request.h"
#include "data/raw_array.h"

namespace ksweep {

/// Content of a data set's files.
struct Parts {
  RawArray train;
  std::optional<RawArray> train_labels, test, test_labels;
  std::vector<std::string> unused = {};  ///< arrays or files that were found and are not used
  std::vector<std::string> notes = {};   ///< what else a reader should know, one sentence each
  std::size_t n_shards = 0;  ///< files of which the samples were joined; 0: it is no set of shards
};

/// Checks the parts against each other and turns them into a Dataset in plain memory: numbers the classes,
/// divides all samples by one scale, splits off a test part if there is none, and notes what a reader should
/// know.  Throws UserError if the parts do not fit together.
Dataset assemble(const DataRequest& request, const std::string& source, Parts parts);

}  // namespace ksweep
