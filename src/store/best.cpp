#include "store/best.h"

#include <cmath>
#include <map>

#include "core/trial_keys.h"
#include "store/stored_race.h"

namespace ksweep {
namespace {

/// Tells which of two trials comes first: by its standing in the race, if there is one, then by the metric.
class Order {
 public:
  Order(const std::vector<TrialResult>& trials, const ReportMetric& metric, const RaceRecord* race)
      : trials_(trials),
        metric_(metric),
        standing_(race ? standings(race_field(trials), race->state, trials.size())
                       : std::vector<int>(trials.size(), 0)) {}

  bool is_better(std::size_t candidate, std::size_t best) const {
    if (standing_[candidate] != standing_[best]) return standing_[candidate] > standing_[best];
    const double value = trials_[candidate].*metric_.choosing, other = trials_[best].*metric_.choosing;
    if (metric_.is_better(value, other)) return true;
    return !metric_.is_better(other, value) && trials_[candidate].id < trials_[best].id;
  }

 private:
  const std::vector<TrialResult>& trials_;
  const ReportMetric& metric_;
  const std::vector<int> standing_;
};

std::vector<std::size_t> best_by(const Order& order, const std::vector<TrialResult>& trials) {
  std::map<int, std::size_t> best;
  for (std::size_t position = 0; position < trials.size(); ++position) {
    const auto& result = trials[position];
    if (result.status != Status::done || !trains_codes(result.trial.kind)) continue;
    const auto [entry, is_new] = best.try_emplace(result.trial.k, position);
    if (!is_new && order.is_better(position, entry->second)) entry->second = position;
  }
  std::vector<std::size_t> positions;
  for (const auto& [k, position] : best) positions.push_back(position);
  return positions;
}

}  // namespace

std::vector<std::size_t> best_positions(const std::vector<TrialResult>& trials, const ReportMetric& metric,
                                        const RaceRecord* race) {
  return best_by(Order(trials, metric, race), trials);
}

std::optional<std::size_t> best_position(const std::vector<TrialResult>& trials, const ReportMetric& metric,
                                         const RaceRecord* race) {
  const Order order(trials, metric, race);
  std::optional<std::size_t> best;
  for (const std::size_t position : best_by(order, trials))
    if (!best || order.is_better(position, *best)) best = position;
  if (best && !std::isfinite(trials[*best].*metric.choosing)) return std::nullopt;
  return best;
}

std::vector<BestOfK> best_of_each_k(const std::vector<TrialResult>& trials, const ReportMetric& metric,
                                    const Store& store, const RaceRecord* race) {
  std::vector<BestOfK> best;
  for (const std::size_t position : best_positions(trials, metric, race)) {
    const auto& result = trials[position];
    auto record = store.read(result.id, identity(result.trial), Detail::with_filters);
    best.push_back({result.trial.k, result.id, record ? std::move(record->filters) : Filters{}});
  }
  return best;
}

}  // namespace ksweep
