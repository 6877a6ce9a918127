#pragma once

#include "probe/features.h"

namespace ksweep {

/// The samples of `first`, then those of `second`, of the same features.  Sparse if one of them is.  Rows of a data set
/// are not copied but of sparse ones: they must outlive the result.
Features joined(const Features& first, const Features& second);

}  // namespace ksweep
