#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/dataset.h"

namespace ksweep {

/// Samples of each class, (n_classes), among the first `count` labels of one of the set's parts.
std::vector<std::size_t> class_counts(const Dataset& dataset, const std::int32_t* labels, std::size_t count);

/// Name, source, shape, counts, classes, range of values and content hash, one a line, for `ksweep data
/// info`.
std::string describe(const Dataset& dataset);

}  // namespace ksweep
