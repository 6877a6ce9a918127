#include "core/metrics.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "base/errors.h"
#include "base/suggest.h"

namespace ksweep {

bool ReportMetric::is_better(double value, double other) const {
  if (std::isnan(value)) return false;
  return std::isnan(other) || (more_is_better ? value > other : value < other);
}

double ReportMetric::judged(const TrialResult& result) const {
  const double value = result.*judging;
  return std::isnan(value) && complement ? 1 - result.*complement : value;
}

std::span<const ReportMetric> metrics() {
  using R = TrialResult;
  static constexpr auto rows = std::to_array<ReportMetric>({
      {"accuracy", "accuracy", &R::validation_accuracy, &R::test_accuracy, true, true, false, nullptr},
      {"fvu", "variance unexplained", &R::validation_fvu, &R::test_fvu, false, true, true,
       &R::test_fraction_of_variance_explained},
      {"fvu_by_rule", "variance unexplained by the training's rule", &R::validation_fvu_by_rule,
       &R::test_fvu_by_rule, false, true, true, &R::test_fraction_of_variance_explained_by_rule},
      {"fvu_by_threshold", "variance unexplained by threshold", &R::validation_fvu_by_threshold,
       &R::test_fvu_by_threshold, false, true, true, nullptr},
      {"mse", "MSE per input", &R::validation_mse, &R::test_mse, false, false, true, nullptr},
      {"nmi", "NMI", &R::validation_nmi, &R::test_nmi, true, false, false, nullptr},
      {"true_mcc", "GT-MCC", &R::true_mcc, &R::true_mcc, true, false, false, nullptr},
      {"mean_decoder_cosine", "c_dec", &R::mean_decoder_cosine, &R::mean_decoder_cosine, false, false, false,
       nullptr},
  });
  return rows;
}

const ReportMetric* find_metric(std::string_view name) {
  const auto found = std::ranges::find(metrics(), name, &ReportMetric::name);
  return found == metrics().end() ? nullptr : &*found;
}

const ReportMetric& metric_named(const std::string& where, const std::string& name) {
  if (const ReportMetric* metric = find_metric(name)) return *metric;
  std::vector<std::string> known;
  for (const ReportMetric& metric : metrics()) known.emplace_back(metric.name);
  const std::string near = nearest(name, known);
  throw UserError("{}: {} is no metric to choose by. {}", where, name,
                  near.empty() ? "Give one of " + metric_names() + "." : "Did you mean " + near + "?");
}

const ReportMetric& metric_of(const std::string& name, std::span<const TrialResult> trials) {
  return metric_among(name, [&](const ReportMetric& metric) {
    return std::ranges::any_of(trials, [&](const TrialResult& result) {
      return result.status == Status::done &&
             (std::isfinite(result.*metric.choosing) || std::isfinite(metric.judged(result)));
    });
  });
}

std::string value_text(const ReportMetric& metric, double value) {
  if (!std::isfinite(value)) return "-";
  if (metric.is_accuracy()) return fmt::format("{:.2f} %", 100 * value);
  return metric.in_percent ? fmt::format("{:.4g} %", 100 * value) : fmt::format("{:.4g}", value);
}

std::string metric_names() {
  std::string text;
  for (const ReportMetric& metric : metrics()) text += std::string(text.empty() ? "" : ", ") + metric.name;
  return text;
}

}  // namespace ksweep
