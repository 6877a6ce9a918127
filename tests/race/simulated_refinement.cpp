#include "simulated_refinement.h"

#include <algorithm>
#include <cassert>
#include <numeric>

#include "base/portable_math.h"
#include "race/race_family.h"

namespace ksweep {
namespace {

/// The first streams choose the scatters; then each race has as many: one for each k, and 0 for what all have in common.
constexpr std::uint64_t n_streams = 1024;
std::uint64_t first_stream(std::uint64_t race) { return (race + 1) * n_streams; }

double scatter_at(std::size_t k, const CurveOfK& curve, const ScatterOfK& scatter) {
  const std::size_t setting = k == curve.best_k ? 0 : Draws(k).below(1000);
  return scatter_of(setting, scatter.best_scatters_most);
}

std::size_t best_of(const std::vector<std::size_t>& settings, const std::vector<PlaceOfK>& places,
                    const CurveOfK& curve) {
  return *std::ranges::min_element(settings, {}, [&](std::size_t setting) {
    const std::size_t k = places[setting].k;
    return std::pair(curve.mean(k), k != curve.best_k);
  });
}

bool has_left(const RefinedRace& race, std::size_t setting) {
  return std::ranges::find(race.state.left, setting, &Departure::setting) != race.state.left.end();
}

RefinementOutcome outcome_of(const PlayedRace& played, const CurveOfK& curve, std::size_t n_given) {
  const RefinedRace& race = played.end;
  std::vector<std::size_t> settings(played.places.size());
  std::iota(settings.begin(), settings.end(), std::size_t{0});
  const std::size_t best = best_of(settings, played.places, curve);
  const bool joined = played.places[best].k == curve.best_k, left = has_left(race, best);
  const std::size_t k_of_leader = played.places[race.state.leader].k;
  return {.best_left = static_cast<double>(left),
          .best_k_left = static_cast<double>(joined && left),
          .best_k_joined = static_cast<double>(joined),
          .best_k_leads = static_cast<double>(k_of_leader == curve.best_k),
          .loss = curve.mean(k_of_leader) - curve.mean(curve.best_k),
          .trainings = static_cast<double>(
              std::accumulate(race.n_counted.begin(), race.n_counted.end(), std::size_t{0})),
          .added = static_cast<double>(played.places.size() - n_given),
          .stages = static_cast<double>(race.state.stage)};
}

RefinementOutcome combined(const RefinementOutcome& one, const RefinementOutcome& other,
                           const std::function<double(double, double)>& of_costs,
                           const std::function<double(double, double)>& of_gains) {
  return {.best_left = of_costs(one.best_left, other.best_left),
          .best_k_left = of_costs(one.best_k_left, other.best_k_left),
          .best_k_joined = of_gains(one.best_k_joined, other.best_k_joined),
          .best_k_leads = of_gains(one.best_k_leads, other.best_k_leads),
          .loss = of_costs(one.loss, other.loss),
          .trainings = of_costs(one.trainings, other.trainings),
          .added = of_costs(one.added, other.added),
          .stages = of_costs(one.stages, other.stages)};
}

}  // namespace

double CurveOfK::mean(std::size_t k) const {
  const double doublings =
      portable_log(static_cast<double>(k) / static_cast<double>(best_k)) / portable_log(2);
  return steepness * doublings * doublings;
}

PlayedRace play_race(const std::vector<std::size_t>& given, RaceRules rules,
                     const std::function<std::vector<double>(std::size_t k)>& values_of) {
  rules.n_given = given.size();
  PlayedRace played;
  RaceMetric metric;
  const auto train = [&](std::size_t line, std::size_t k) {
    const std::vector<double> values = values_of(k);
    played.places.push_back({line, k});
    metric.emplace_back(values.begin(), values.end());
  };
  for (const std::size_t k : given) train(0, k);
  while (true) {
    played.end = judge_refined_race(metric, played.places, rules);
    if (played.end.wanted.empty()) return played;
    for (const NewSetting& wanted : played.end.wanted) train(played.places[wanted.like].line, wanted.k);
  }
}

DrawnValues::DrawnValues(const CurveOfK& curve, const ScatterOfK& scatter, std::size_t n_seeds,
                         std::uint64_t race)
    : curve_(curve), scatter_(scatter), race_(race), common_(n_seeds) {
  Draws draws(first_stream(race));
  for (double& value : common_) value = draws.normal();
}

std::vector<double> DrawnValues::of(std::size_t k) const {
  assert(k > 0 && k < n_streams);
  Draws draws(first_stream(race_) + k);
  const double mean = curve_.mean(k), scatter = scatter_at(k, curve_, scatter_);
  std::vector<double> values;
  for (const double common : common_) values.push_back(mean + common + scatter * scatter_.law.draw(draws));
  return values;
}

RefinementOutcome simulate_refinement(const CurveOfK& curve, const ScatterOfK& scatter,
                                      const std::vector<std::size_t>& given, const RaceRules& rules,
                                      int n_races) {
  RefinementOutcome mean;
  const auto add = [&](double sum, double of_race) { return sum + of_race / n_races; };
  for (int race = 0; race < n_races; ++race) {
    const DrawnValues values(curve, scatter, rules.n_seeds, static_cast<std::uint64_t>(race));
    const PlayedRace played = play_race(given, rules, [&](std::size_t k) { return values.of(k); });
    mean = combined(mean, outcome_of(played, curve, given.size()), add, add);
  }
  return mean;
}

RefinementOutcome worse_of(const RefinementOutcome& one, const RefinementOutcome& other) {
  const auto larger = [](double a, double b) { return std::max(a, b); };
  return combined(one, other, larger, [](double a, double b) { return std::min(a, b); });
}

}  // namespace ksweep
