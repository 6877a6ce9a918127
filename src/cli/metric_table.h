#pragma once

#include <string>

#include "core/metrics.h"
#include "store/sweep_file.h"

namespace ksweep {

/// Returns what the metric judges by, by k (rows) and all other settings (columns): the mean over the seeds, its
/// 95 % t interval, and how many of the seeds are done; below it a plot of the means against k, logarithmic if
/// the metric is.  Plain text of at most `width` columns.
std::string metric_table(const SweepRecord& record, const ReportMetric& metric, std::size_t width);

}  // namespace ksweep
