#pragma once

#include <memory>

#include "data/data_request.h"
#include "data/dataset.h"
#include "data/set_description.h"

namespace ksweep {

/// Returns readers that make a sample each time it is asked for.  Throws UserError if the true directions do not fit the
/// memory.
std::shared_ptr<const StreamedParts> open_parts(const GeneratedSet& set);

/// Returns the data set `superposition` without its samples, which are made as they are needed.  Its numbers and its content
/// hash are those of the set in memory.  Throws UserError.
Dataset load_generated(const DataRequest& request);

}  // namespace ksweep
