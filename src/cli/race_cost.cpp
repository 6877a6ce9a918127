#include "cli/race_cost.h"

#include <fmt/core.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

#include "cli/simulated_race.h"
#include "core/metrics.h"
#include "core/seed_settings.h"
#include "cost/jobs.h"
#include "race/critical_value.h"
#include "run/text.h"
#include "schedule/policy.h"

namespace ksweep {
namespace {

/// Returns the time on one core of the first seeds of all settings.
double time_of_seeds_s(const RaceField& field, std::size_t n_seeds, const std::vector<PlannedTrial>& plan,
                       const FactsOf& facts, const Rates& rates) {
  std::vector<std::uint32_t> chosen;
  for (const auto* settings : {&field.racing, &field.baselines})
    for (const auto& setting : *settings)
      chosen.insert(chosen.end(), setting.begin(),
                    setting.begin() + static_cast<long>(std::min(n_seeds, setting.size())));
  const auto core_s = job_costs_s(make_jobs(plan, chosen, facts, rates));
  return std::accumulate(core_s.begin(), core_s.end(), 0.0);
}

/// Returns after how many seeds a setting can leave at the earliest, whatever the results.
std::size_t least_seeds(std::size_t n_settings, RaceRules rules) {
  rules.n_given = n_settings;
  const double error = error_of_comparison(rules, 0);
  std::size_t n = rules.start;
  while (n < rules.n_seeds && std::isinf(critical_value(error, n))) ++n;
  return n;
}

/// Counts what a refinement may add between the values of k of the sweep file, in all lines.
void count_additions(const Race& race, const RaceRules& rules, const std::vector<PlannedTrial>& plan,
                     RaceCost& cost) {
  if (!rules.refine) return;
  const auto& joined = race.record().joined;
  std::map<std::string, std::set<int>> lines;  // values of k of the sweep file
  for (std::size_t i = 0; i < joined.size(); ++i) {
    Trial trial = plan[race.field().racing[i].front()].trial;
    const int k = trial.k;
    trial.k = 1;
    if (joined[i] == 0) lines[setting_of(trial)].insert(k);
  }
  cost.may_grow = race.progress().may_grow;
  for (const auto& [line, values] : lines)
    for (auto k = values.begin(); std::next(k) != values.end(); ++k) {
      const auto n_between = static_cast<std::size_t>(*std::next(k) - *k - 1);
      cost.n_between += n_between;
      cost.n_halvings = std::max<std::size_t>(cost.n_halvings, std::bit_width(n_between));
    }
}

}  // namespace

RaceCost race_cost(const Race& race, const RaceRules& rules, const std::vector<PlannedTrial>& plan,
                   const FactsOf& facts, const Rates& rates) {
  const std::size_t n_settings = race.field().racing.size(),
                    n_least = least_seeds(rules.n_given > 0 ? rules.n_given : n_settings, rules);
  RaceCost cost{.metric = race.record().metric,
                .n_settings = n_settings,
                .n_seeds = rules.n_seeds,
                .n_least = n_least,
                .least_s = time_of_seeds_s(race.field(), n_least, plan, facts, rates),
                .most_s = time_of_seeds_s(race.field(), rules.n_seeds, plan, facts, rates),
                .on_slope_s = 0,
                .standing = race.end_sentence()};
  cost.on_slope_s = std::max(cost.least_s, share_on_slope(n_settings, rules) * cost.most_s);
  count_additions(race, rules, plan, cost);
  for (const auto& setting : race.field().racing) {
    const auto core_s = job_costs_s(make_jobs(plan, setting, facts, rates));
    cost.most_of_setting_s =
        std::max(cost.most_of_setting_s, std::accumulate(core_s.begin(), core_s.end(), 0.0));
  }
  if (cost.standing.empty() && race.record().state.n_rounds > 0) cost.standing = race_text(race.progress());
  return cost;
}

std::string race_cost_text(const RaceCost& cost) {
  const auto hours = [](double core_s) { return fmt::format("{:.3g} core-hours", core_s / 3600); };
  const ReportMetric* const metric = find_metric(cost.metric);
  std::string text = fmt::format(
      "{:11}{} over at most {} by {}{}\n"
      "{:11}in all at least {} (the first {} of each setting, if one is far better than all others)\n"
      "{:11}and at most {} (those of the whole grid, if none is better than another);\n"
      "{:11}about {} if each is worse than the one before by half of the scatter over seeds\n",
      "race", count_text(static_cast<double>(cost.n_settings), "setting"),
      count_text(static_cast<double>(cost.n_seeds), "seed"), cost.metric,
      metric && metric->has_parts() ? ", on the validation part" : "", "", hours(cost.least_s),
      count_text(static_cast<double>(cost.n_least), "seed"), "", hours(cost.most_s), "",
      hours(cost.on_slope_s));
  if (cost.may_grow)
    text += fmt::format(
        "{:11}values of k may be added: of the {} between those of the file, at most {} more, each with all seeds; an "
        "optimum that stays in one place takes about {} steps of two\n",
        "", cost.n_between, hours(static_cast<double>(cost.n_between) * cost.most_of_setting_s),
        cost.n_halvings);
  if (!cost.standing.empty()) text += fmt::format("{:11}{}\n", "", cost.standing);
  return text;
}

}  // namespace ksweep
