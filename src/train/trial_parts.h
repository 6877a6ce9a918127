#pragma once

#include <cstdint>
#include <vector>

#include "data/split.h"

namespace ksweep {

/// All the parts of the data that one training and its probes look at.  No labels: empty.
struct TrialParts {
  Split split;
  std::vector<std::uint32_t> test;  ///< rows of the test set
  std::vector<std::int32_t> train_labels, validation_labels, test_labels;
};

TrialParts parts_of(const Trial& trial, const Dataset& data);

/// The same parts with rows ascending, which is how memory is read fastest.
TrialParts parts_in_file_order(const Trial& trial, const Dataset& data);

}  // namespace ksweep
