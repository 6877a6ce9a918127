#pragma once

#include <span>
#include <string>
#include <string_view>

#include "core/trial_result.h"

namespace ksweep {

/// What trials are chosen and judged by: a row of metrics(), which analysis/ksweep_report/results/metrics.py repeats for the report.
struct ReportMetric {
  const char *name, *noun;        ///< in sweep files; in sentences
  double TrialResult::*choosing;  ///< of the validation part
  double TrialResult::*judging;   ///< of the test set; the same where no samples are looked at
  bool more_is_better;
  bool in_percent;                  ///< a share that is shown in %
  bool log;                         ///< shown on a logarithmic axis
  double TrialResult::*complement;  ///< judging = 1 - this in records of earlier versions; or null

  bool is_accuracy() const { return choosing == &TrialResult::validation_accuracy; }
  bool has_parts() const { return choosing != judging; }
  /// Whether a value is better than another one, any better than none.
  bool is_better(double value, double other) const;
  /// Returns what the trial is judged by; NaN if it was not measured.
  double judged(const TrialResult& result) const;
};

std::span<const ReportMetric> metrics();

/// Returns null if there is none of this name.
const ReportMetric* find_metric(std::string_view name);

/// Returns the metric of this name, which `where` gives.  Throws UserError if there is none.
const ReportMetric& metric_named(const std::string& where, const std::string& name);

/// Returns the metric of this name or, if it is empty, the default for these trials: accuracy if any has one, else variance unexplained
/// or, of earlier versions, the squared error; accuracy if none has any.  Takes a name that it does not know, as of a later version, for none.
const ReportMetric& metric_of(const std::string& name, std::span<const TrialResult> trials);

/// Does the same where `has(metric)` tells whether any trial has a metric.
template <typename Has>
const ReportMetric& metric_among(const std::string& name, const Has& has) {
  if (const ReportMetric* metric = find_metric(name)) return *metric;
  for (const char* candidate : {"accuracy", "fvu", "mse"})
    if (const ReportMetric& metric = *find_metric(candidate); has(metric)) return metric;
  return metrics().front();
}

/// Returns "98.31 %", "4.531 %", "0.01235"; "-" if not measured.
std::string value_text(const ReportMetric& metric, double value);

/// Returns "accuracy", "fvu, ...": the names, for messages and help.
std::string metric_names();

}  // namespace ksweep
