#pragma once

#include <string>

#include "data/dataset.h"

namespace ksweep {

/// Name, source, shape, counts, classes, range of values and content hash, one a line, for `ksweep data
/// info`.
std::string describe(const Dataset& dataset);

}  // namespace ksweep
