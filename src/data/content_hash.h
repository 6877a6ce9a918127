#pragma once

#include <string>

#include "data/dataset.h"

namespace ksweep {

/// Returns SHA-256 over a header with all shapes and counts, the samples and the labels.
std::string content_hash(const Dataset& dataset);

}  // namespace ksweep
