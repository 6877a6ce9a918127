#include "store/best.h"

#include <cmath>
#include <map>

#include "core/trial_keys.h"

namespace ksweep {
namespace {

bool is_better(const TrialResult& candidate, const TrialResult& best, const ReportMetric& metric) {
  const double value = candidate.*metric.choosing, other = best.*metric.choosing;
  if (metric.is_better(value, other)) return true;
  return !metric.is_better(other, value) && candidate.id < best.id;
}

}  // namespace

std::vector<std::size_t> best_positions(const std::vector<TrialResult>& trials, const ReportMetric& metric) {
  std::map<int, std::size_t> best;
  for (std::size_t position = 0; position < trials.size(); ++position) {
    const auto& result = trials[position];
    if (result.status != Status::done || !trains_codes(result.trial.kind)) continue;
    const auto [entry, is_new] = best.try_emplace(result.trial.k, position);
    if (!is_new && is_better(result, trials[entry->second], metric)) entry->second = position;
  }
  std::vector<std::size_t> positions;
  for (const auto& [k, position] : best) positions.push_back(position);
  return positions;
}

std::optional<std::size_t> best_position(const std::vector<TrialResult>& trials, const ReportMetric& metric) {
  std::optional<std::size_t> best;
  for (const std::size_t position : best_positions(trials, metric))
    if (!best || is_better(trials[position], trials[*best], metric)) best = position;
  if (best && !std::isfinite(trials[*best].*metric.choosing)) return std::nullopt;
  return best;
}

std::vector<BestOfK> best_of_each_k(const std::vector<TrialResult>& trials, const ReportMetric& metric,
                                    const Store& store) {
  std::vector<BestOfK> best;
  for (const std::size_t position : best_positions(trials, metric)) {
    const auto& result = trials[position];
    auto record = store.read(result.id, identity(result.trial), Detail::with_filters);
    best.push_back({result.trial.k, result.id, record ? std::move(record->filters) : Filters{}});
  }
  return best;
}

}  // namespace ksweep
