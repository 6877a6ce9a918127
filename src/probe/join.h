#pragma once

#include "probe/features.h"

namespace ksweep {

/// Returns the samples of `first`, then those of `second`, which have the same features.  The result is
/// sparse if either is.  Dense rows of a data set are not copied and must outlive the result.
Features joined(const Features& first, const Features& second);

}  // namespace ksweep
