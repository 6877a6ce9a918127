#include "cli/race_cost.h"

#include <fmt/core.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

#include "core/metrics.h"
#include "core/seed_settings.h"
#include "cost/jobs.h"
#include "race/critical_value.h"
#include "race/simulated_race.h"
#include "run/text.h"
#include "schedule/policy.h"

namespace ksweep {
namespace {

double time_of_s(const std::vector<std::uint32_t>& trials, const std::vector<PlannedTrial>& plan,
                 const FactsOf& facts, const Rates& rates) {
  const auto core_s = job_costs_s(make_jobs(plan, trials, facts, rates));
  return std::accumulate(core_s.begin(), core_s.end(), 0.0);
}

/// Returns after how many seeds a setting can leave at the earliest, whatever the results.
std::size_t least_seeds(const RaceRules& rules) {
  const double error = error_of_comparison(rules, 0);
  std::size_t n = rules.start;
  while (n < rules.n_seeds && std::isinf(critical_value(error, n))) ++n;
  return n;
}

std::vector<std::uint32_t> first_seeds(const RaceField& field, std::size_t n_seeds) {
  std::vector<std::uint32_t> chosen;
  for (const auto* settings : {&field.racing, &field.baselines})
    for (const auto& setting : *settings)
      chosen.insert(chosen.end(), setting.begin(),
                    setting.begin() + static_cast<long>(std::min(n_seeds, setting.size())));
  return chosen;
}

/// Counts what a refinement may still add between the values of k that race: in all lines, or around the leader once there is one.
void count_additions(const Race& race, const RaceRules& rules, const std::vector<PlannedTrial>& plan,
                     RaceCost& cost) {
  if (!rules.refine) return;
  cost.may_grow = race.progress().may_grow;
  const RaceRecord& record = race.record();
  std::map<std::string, std::set<int>> lines;  // values of k
  std::string line_of_leader;
  int k_of_leader = 0;
  for (std::size_t i = 0; i < record.joined.size(); ++i) {
    const Trial& trial = plan[race.field().racing[i].front()].trial;
    const std::string line = line_of(trial);
    lines[line].insert(trial.k);
    if (record.state.n_rounds == 0 || i != record.state.leader) continue;
    line_of_leader = line;
    k_of_leader = trial.k;
  }
  for (const auto& [line, values] : lines)
    for (auto k = values.begin(); std::next(k) != values.end(); ++k) {
      const auto n_between = static_cast<std::size_t>(*std::next(k) - *k - 1);
      cost.n_between += n_between;
      const bool by_leader = line == line_of_leader && (*k == k_of_leader || *std::next(k) == k_of_leader);
      if (line_of_leader.empty() || by_leader)
        cost.n_halvings = std::max<std::size_t>(cost.n_halvings, std::bit_width(n_between));
    }
}

}  // namespace

RaceCost race_cost(const Race& race, const RaceRules& given, const std::vector<PlannedTrial>& plan,
                   const FactsOf& facts, const Rates& rates) {
  const std::size_t n_settings = race.field().racing.size();
  RaceRules rules = given;
  if (rules.n_given == 0) rules.n_given = n_settings;
  RaceCost cost{.metric = race.record().metric,
                .n_settings = n_settings,
                .n_added = n_settings - rules.n_given,
                .n_seeds = rules.n_seeds,
                .n_least = least_seeds(rules),
                .least_s = 0,
                .most_s = time_of_s(first_seeds(race.field(), rules.n_seeds), plan, facts, rates),
                .on_slope_s = 0,
                .standing = race.end_sentence()};
  cost.least_s = time_of_s(first_seeds(race.field(), cost.n_least), plan, facts, rates);
  cost.on_slope_s = std::max(cost.least_s, share_on_slope(n_settings, rules) * cost.most_s);
  count_additions(race, rules, plan, cost);
  for (const auto& setting : race.field().racing)
    cost.most_of_setting_s = std::max(cost.most_of_setting_s, time_of_s(setting, plan, facts, rates));
  if (cost.standing.empty() && race.record().state.n_rounds > 0) cost.standing = race_text(race.progress());
  return cost;
}

std::string race_cost_text(const RaceCost& cost) {
  const auto hours = [](double core_s) { return fmt::format("{:.3g} core-hours", core_s / 3600); };
  const ReportMetric* const metric = find_metric(cost.metric);
  const std::string settings =
      count_text(static_cast<double>(cost.n_settings), "setting") +
      (cost.n_added > 0 ? fmt::format(" ({} with values of k that were added)", cost.n_added) : "");
  std::string text = fmt::format(
      "{:11}{} over at most {} by {}{}\n"
      "{:11}in all at least {} (the first {} of each setting, if one is far better than all others)\n"
      "{:11}and at most {} ({}, if none is better than another);\n"
      "{:11}about {} if each is worse than the one before by half of the scatter over seeds\n",
      "race", settings, count_text(static_cast<double>(cost.n_seeds), "seed"), cost.metric,
      metric && metric->has_parts() ? ", on the validation part" : "", "", hours(cost.least_s),
      count_text(static_cast<double>(cost.n_least), "seed"), "", hours(cost.most_s),
      cost.n_added > 0 ? "all seeds of all" : "those of the whole grid", "", hours(cost.on_slope_s));
  if (cost.may_grow)
    text += fmt::format(
        "{:11}values of k may be added: of the {} that lie between, at most {} with all seeds;\n"
        "{:11}an optimum that stays in one place takes about {} of two values, {} at most\n",
        "", cost.n_between, hours(static_cast<double>(cost.n_between) * cost.most_of_setting_s), "",
        count_text(static_cast<double>(cost.n_halvings), "step"),
        hours(static_cast<double>(cost.n_expected()) * cost.most_of_setting_s));
  if (!cost.standing.empty()) text += fmt::format("{:11}{}\n", "", cost.standing);
  return text;
}

}  // namespace ksweep
