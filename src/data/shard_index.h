#pragma once

#include <filesystem>
#include <vector>

#include "data/sets.h"

namespace ksweep {

/// Returns the arrays of two or three dimensions that the weight_map of an index {"weight_map": {"name": "file"}} lists, each with
/// its file beside the index.  Throws UserError for anything else, and for files and arrays that are not there.
std::vector<SetPlace> shards_of_index(const std::filesystem::path& index);

}  // namespace ksweep
