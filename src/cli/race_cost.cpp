#include "cli/race_cost.h"

#include <fmt/core.h>

#include <algorithm>
#include <numeric>

#include "cost/jobs.h"
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

/// Returns the trainings after the first seeds, in multiples of one seed of every setting, if half of the settings leave after each
/// seed.
double expected_rounds(std::size_t n_settings, std::size_t n_seeds_to_come) {
  double rounds = 0, share = 0.5;
  const double all = static_cast<double>(n_settings);
  for (std::size_t i = 0; i < n_seeds_to_come && share * all > 1; ++i) {
    rounds += share;
    share /= 2;
  }
  return rounds;
}

}  // namespace

RaceCost race_cost(const Race& race, const RaceRules& rules, const std::vector<PlannedTrial>& plan,
                   const FactsOf& facts, const Rates& rates) {
  RaceCost cost{.metric = race.record().metric,
                .n_settings = race.field().racing.size(),
                .n_seeds = rules.n_seeds,
                .start = rules.start,
                .least_s = time_of_seeds_s(race.field(), rules.start, plan, facts, rates),
                .most_s = time_of_seeds_s(race.field(), rules.n_seeds, plan, facts, rates),
                .expected_s = 0,
                .standing = race.end_sentence()};
  const std::size_t to_come = cost.n_seeds - cost.start;
  const double round_s = to_come > 0 ? (cost.most_s - cost.least_s) / static_cast<double>(to_come) : 0;
  cost.expected_s = cost.least_s + expected_rounds(cost.n_settings, to_come) * round_s;
  if (cost.standing.empty() && race.record().state.n_rounds > 0) cost.standing = race_text(race.progress());
  return cost;
}

std::string race_cost_text(const RaceCost& cost) {
  const auto hours = [](double core_s) { return fmt::format("{:.3g} core-hours", core_s / 3600); };
  std::string text = fmt::format(
      "{:11}{} over at most {} by {}, on the validation part\n"
      "{:11}in all at least {} (the first {} of each setting) and at most {}, that of the whole grid;\n"
      "{:11}about {} if from then on each further seed halves the settings in the race\n",
      "race", count_text(static_cast<double>(cost.n_settings), "setting"),
      count_text(static_cast<double>(cost.n_seeds), "seed"), cost.metric, "", hours(cost.least_s),
      count_text(static_cast<double>(cost.start), "seed"), hours(cost.most_s), "", hours(cost.expected_s));
  if (!cost.standing.empty()) text += fmt::format("{:11}{}\n", "", cost.standing);
  return text;
}

}  // namespace ksweep
