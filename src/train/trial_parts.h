#pragma once

#include <cstdint>
#include <vector>

#include "data/split.h"

namespace ksweep {

/// All parts of the data that one training and its probes use.  Labels are empty if there are none.
struct TrialParts {
  Split split;
  std::vector<std::uint32_t> test;  ///< rows of the test set
  std::vector<std::int32_t> train_labels, validation_labels, test_labels;
};

TrialParts parts_of(const Trial& trial, const Dataset& data);

/// Returns the same parts with rows ascending, for fast access to memory.
TrialParts parts_in_file_order(const Trial& trial, const Dataset& data);

}  // namespace ksweep
