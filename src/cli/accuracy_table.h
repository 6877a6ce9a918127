#pragma once

#include <string>

#include "store/sweep_file.h"

namespace ksweep {

/// Returns the test accuracy by k (rows) and all other settings (columns): the mean over the seeds, its 95 %
/// t interval, and how many of the seeds are done; below it a plot of the means against k.  Plain text of at
/// most `width` columns.
std::string accuracy_table(const SweepRecord& record, std::size_t width);

}  // namespace ksweep
