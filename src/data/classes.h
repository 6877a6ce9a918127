#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/raw_array.h"

namespace ksweep {

/// The labels of both parts of a data set as class numbers.
struct Classes {
  std::vector<std::string> names;  ///< (n_classes) the labels as in the files: numbers ascending, or texts
  std::vector<std::int32_t> train, test;  ///< (n) positions in `names`
};

/// Numbers the distinct labels of both parts in ascending order.  Labels are integers of any type, or texts,
/// of shape (n), (n, 1) or (1, n); `test` may be null.  Throws UserError that names a sample without a valid
/// label, and for more classes than results can hold.
Classes number_classes(const RawArray& train, const RawArray* test);

/// Returns the number of labels in an array.
std::size_t count_labels(const RawArray& labels);

}  // namespace ksweep
