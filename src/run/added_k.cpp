#include "run/added_k.h"

#include <algorithm>

#include "core/seed_settings.h"
#include "core/trial_keys.h"
#include "run/race.h"
#include "run/stored_results.h"
#include "sweep/checks.h"

namespace ksweep {
namespace {

void forget_failed(std::vector<TrialResult>& results) {
  for (TrialResult& result : results)
    if (result.status == Status::failed) result.status = Status::missing;
}

/// Adds a value where it belongs among ascending ones, else at the end.
void add_to_axis(std::vector<std::string>& values, std::uint32_t k) {
  const auto number = [](const std::string& text) { return std::stoul(text); };
  if (std::ranges::find(values, k, number) != values.end()) return;
  const auto place = std::ranges::is_sorted(values, {}, number)
                         ? std::ranges::upper_bound(values, k, {}, number)
                         : values.end();
  values.insert(place, std::to_string(k));
}

}  // namespace

void add_value_of_k(Sweep& sweep, const AddedK& added) {
  const std::string setting = setting_of(sweep.trials.at(added.like));
  const std::size_t n_before = sweep.trials.size();
  for (std::size_t i = 0; i < n_before; ++i) {
    if (setting_of(sweep.trials[i]) != setting) continue;
    Trial trial = sweep.trials[i];
    trial.k = static_cast<int>(added.k);
    check_trial(trial, sweep);
    sweep.trials.push_back(std::move(trial));
  }
  add_to_axis(std::ranges::find(sweep.axes, "model.k", &Axis::key)->values, added.k);
}

std::vector<AddedK> add_values_of_k(Sweep& sweep, const FactsOf& facts, const Store& store,
                                    std::optional<double> budget, bool with_failed) {
  std::vector<AddedK> all;
  if (!sweep.race || !sweep.race->refine) return all;
  while (true) {
    const auto plan = plan_trials(sweep, facts);
    auto results = stored_results(plan, store);
    if (!with_failed) forget_failed(results);
    const Race race(*sweep.race, metric_of_race(sweep, plan, facts), results, budget);
    const auto wanted = race.wanted();
    if (wanted.empty()) return all;
    if (sweep.race->n_given == 0) sweep.race->n_given = race.field().racing.size();
    for (const NewSetting& setting : wanted) {
      all.push_back({race.record().first_trials[setting.like], static_cast<std::uint32_t>(setting.k)});
      add_value_of_k(sweep, all.back());
    }
  }
}

}  // namespace ksweep
