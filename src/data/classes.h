#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/raw_array.h"

namespace ksweep {

/// The labels of both parts of a data set as class numbers.
struct Classes {
  std::vector<std::string>
      names;  ///< (n_classes) the labels as the files hold them: numbers ascending, or texts
  std::vector<std::int32_t> train, test;  ///< (n) positions in `names`
};

/// Numbers the distinct labels of both parts, in ascending order.  Labels are whole numbers of any type, or texts, (n),
/// (n, 1) or (1, n); `test` may be null.  Throws UserError that names the sample whose label is none, and for more
/// classes than results per class are kept of.
Classes number_classes(const RawArray& train, const RawArray* test);

/// How many labels an array of them holds.
std::size_t count_labels(const RawArray& labels);

}  // namespace ksweep
