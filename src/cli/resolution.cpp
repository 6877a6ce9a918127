#include "cli/resolution.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "cli/seed_statistics.h"
#include "core/seed_settings.h"
#include "core/trial_keys.h"
#include "run/text.h"

namespace ksweep {
namespace {

constexpr double assumed_deviation = 0.2;  // points of accuracy
constexpr std::size_t more_seeds[] = {6, 10, 20};
constexpr std::size_t rows_shown = 2;

/// One setting: what its seeds gave, by seed.
struct Setting {
  std::set<std::int64_t> seeds;
  std::vector<double> choosing;
  std::map<std::int64_t, double> judged;
};

/// Returns the settings that train codes, or all if none does, by their specification without the seed.
std::map<std::string, Setting> settings_of(const std::vector<PlannedTrial>& plan,
                                           const std::vector<TrialResult>& results,
                                           const ReportMetric& metric) {
  const bool any_codes =
      std::ranges::any_of(plan, [](const PlannedTrial& each) { return trains_codes(each.trial.kind); });
  std::map<std::string, Setting> settings;
  for (std::size_t i = 0; i < plan.size(); ++i) {
    const Trial& trial = plan[i].trial;
    if (any_codes && !trains_codes(trial.kind)) continue;
    Setting& setting = settings[setting_of(trial)];
    setting.seeds.insert(trial.seed);
    const double chosen_by = results[i].*metric.choosing, judged = metric.judged(results[i]);
    if (results[i].status != Status::done || !std::isfinite(judged)) continue;
    setting.judged[plan[i].trial.seed] = judged;
    if (std::isfinite(chosen_by)) setting.choosing.push_back(chosen_by);
  }
  return settings;
}

std::vector<double> paired_differences(const Setting& one, const Setting& other) {
  std::vector<double> differences;
  for (const auto& [seed, value] : one.judged)
    if (const auto found = other.judged.find(seed); found != other.judged.end())
      differences.push_back(found->second - value);
  return differences;
}

/// Sets the median of the standard deviations of the differences to the best setting so far.
void measure(const std::map<std::string, Setting>& settings, const ReportMetric& metric,
             Resolution& resolution) {
  const Setting* best = nullptr;
  for (const auto& [text, setting] : settings)
    if (setting.judged.size() >= least_for_interval && !setting.choosing.empty() &&
        (!best || metric.is_better(mean_of(setting.choosing), mean_of(best->choosing))))
      best = &setting;
  std::vector<double> deviations;
  for (const auto& [text, setting] : settings) {
    if (!best || &setting == best) continue;
    const auto differences = paired_differences(*best, setting);
    if (differences.size() >= least_for_interval) deviations.push_back(deviation_of(differences));
  }
  resolution.n_measured = deviations.size();
  if (deviations.empty()) return;
  std::ranges::sort(deviations);
  resolution.deviation = (deviations[(deviations.size() - 1) / 2] + deviations[deviations.size() / 2]) / 2;
}

/// "3 seeds: 5.1 standard deviations", in points of the metric where the standard deviation is known.
std::string resolved(const Resolution& resolution, const ReportMetric& metric, std::size_t n_seeds) {
  const bool measured = resolution.n_measured > 0;
  const double half = half_width(measured ? resolution.deviation : 1, n_seeds, resolution.n_comparisons);
  if (!measured) return fmt::format("{:.3g} standard deviations", half);
  return fmt::format("{:.3g}{} of {}", (metric.in_percent ? 100 : 1) * half,
                     metric.in_percent ? " points" : "", metric.noun);
}

/// "0.45 core-hours more".
std::string price(std::size_t n_more, double seed_core_s) {
  return fmt::format("{:.3g} core-hours more", static_cast<double>(n_more) * seed_core_s / 3600);
}

std::string line(const char* title, const std::string& text) {
  return fmt::format("{:<11}{}\n", title, text);
}

std::string more_text(const Resolution& resolution, const ReportMetric& metric, double seed_core_s) {
  std::string text;
  std::size_t shown = 0;
  if (resolution.n_seeds < least_for_interval)
    text = line("", fmt::format("{} seeds: {}, for {}", least_for_interval,
                                resolved(resolution, metric, least_for_interval),
                                price(least_for_interval - resolution.n_seeds, seed_core_s)));
  for (const std::size_t n : more_seeds)
    if (n > resolution.n_seeds && shown++ < rows_shown)
      text += line("", fmt::format("{} seeds: {}, for {}", n, resolved(resolution, metric, n),
                                   price(n - resolution.n_seeds, seed_core_s)));
  return text;
}

/// What the standard deviation is, or an example where accuracy is measured.
std::string deviation_text(const Resolution& resolution, const ReportMetric& metric) {
  if (resolution.n_measured > 0)
    return line(
        "",
        fmt::format(
            "a paired difference has a standard deviation of {:.3g}{} (median of {} against the best, stored)",
            (metric.in_percent ? 100 : 1) * resolution.deviation, metric.in_percent ? " points" : "",
            count_text(static_cast<double>(resolution.n_measured), "setting")));
  if (!metric.is_accuracy()) return "";
  const std::size_t n = std::max(resolution.n_seeds, least_for_interval);
  return line(
      "",
      fmt::format(
          "assumed, not measured: were that {:.3g} points of accuracy, {} seeds would resolve {:.3g} points",
          assumed_deviation, n, half_width(assumed_deviation, n, resolution.n_comparisons)));
}

}  // namespace

Resolution resolution_of(const std::vector<PlannedTrial>& plan, const std::vector<TrialResult>& results,
                         const ReportMetric& metric) {
  Resolution resolution;
  const auto settings = settings_of(plan, results, metric);
  std::set<int> ks;
  for (const PlannedTrial& planned : plan)
    if (trains_codes(planned.trial.kind)) ks.insert(planned.trial.k);
  resolution.compared = ks.size() > 1 ? "k" : "settings";
  const std::size_t n_compared = ks.size() > 1 ? ks.size() : settings.size();
  if (n_compared < 2) return resolution;
  // Where the same values choose and judge, all pairs are held at once, as in the report.
  resolution.n_comparisons =
      metric.has_parts() ? n_compared - 1 : settings.size() * (settings.size() - 1) / 2;
  resolution.n_seeds = settings.begin()->second.seeds.size();
  for (const auto& [text, setting] : settings)
    resolution.n_seeds = std::min(resolution.n_seeds, setting.seeds.size());
  resolution.deviation = NAN;
  measure(settings, metric, resolution);
  return resolution;
}

std::string resolution_text(const Resolution& resolution, const ReportMetric& metric, double seed_core_s) {
  if (resolution.n_comparisons == 0) return "";
  const std::string seeds = count_text(static_cast<double>(resolution.n_seeds), "seed");
  const std::string now =
      resolution.n_seeds < least_for_interval
          ? fmt::format("{}: no interval, so that no difference is told from chance", seeds)
          : fmt::format("{}: differences beyond {}{}", seeds,
                        resolved(resolution, metric, resolution.n_seeds),
                        resolution.n_measured > 0 ? "" : " of a paired difference");
  return line("resolves", now) + more_text(resolution, metric, seed_core_s) +
         deviation_text(resolution, metric) +
         line("", fmt::format("(half the simultaneous 95 % t interval of {} of {} with the best; a true "
                              "difference as large is told from zero in about "
                              "half of all sweeps)",
                              count_text(static_cast<double>(resolution.n_comparisons), "comparison"),
                              resolution.compared));
}

}  // namespace ksweep
