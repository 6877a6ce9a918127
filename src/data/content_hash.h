#pragma once

#include <string>

#include "data/dataset.h"

namespace ksweep {

/// SHA-256 over a header with all shapes and counts, and the samples and labels.
std::string content_hash(const Dataset& dataset);

}  // namespace ksweep
