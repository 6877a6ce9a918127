#include "race/judge_race.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <numeric>

#include "race/critical_value.h"

namespace ksweep {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// What is known after some complete rounds.  Values are such that smaller ones are better.
class Race {
 public:
  Race(const RaceMetric& metric, const RaceRules& rules, const CriticalValueOf& critical_value)
      : metric_(metric), rules_(rules), critical_value_(critical_value), values_(metric.size()) {
    state_.in_race.resize(metric.size());
    std::iota(state_.in_race.begin(), state_.in_race.end(), std::size_t{0});
  }

  bool add_round();
  void decide();
  const RaceState& state() const { return state_; }

 private:
  bool failed_always(std::size_t setting) const;
  double counted(double value) const { return std::isfinite(value) ? value : worst_; }
  double mean_of(std::size_t setting) const;
  Bound difference(std::size_t setting, std::size_t other) const;
  Bound shown(const Bound& difference) const;
  void let_leave();
  bool all_within_tolerance() const;

  const RaceMetric& metric_;
  const RaceRules& rules_;
  const CriticalValueOf& critical_value_;
  std::vector<std::vector<double>> values_;  // [setting][round]; those that failed are not finite
  double worst_ = -infinity;
  RaceState state_{
      .end = RaceEnd::going_on, .n_rounds = 0, .leader = 0, .in_race = {}, .left = {}, .looks = {}};
};

/// Returns whether there is another complete round.
bool Race::add_round() {
  const std::size_t round = state_.n_rounds;
  const auto finished = [&](std::size_t setting) {
    return round < metric_[setting].size() && metric_[setting][round].has_value();
  };
  if (round == rules_.n_seeds || !std::all_of(state_.in_race.begin(), state_.in_race.end(), finished))
    return false;
  for (const std::size_t setting : state_.in_race) {
    const double value = rules_.smaller_is_better ? *metric_[setting][round] : -*metric_[setting][round];
    values_[setting].push_back(value);
    if (std::isfinite(value)) worst_ = std::max(worst_, value);
  }
  ++state_.n_rounds;
  std::vector<double> means;
  for (const std::size_t setting : state_.in_race) means.push_back(mean_of(setting));
  state_.leader =
      state_.in_race[static_cast<std::size_t>(std::min_element(means.begin(), means.end()) - means.begin())];
  return true;
}

bool Race::failed_always(std::size_t setting) const {
  return std::none_of(values_[setting].begin(), values_[setting].end(),
                      [](double value) { return std::isfinite(value); });
}

double Race::mean_of(std::size_t setting) const {
  double sum = 0;
  for (const double value : values_[setting]) sum += counted(value);
  return sum / static_cast<double>(values_[setting].size());
}

Bound Race::difference(std::size_t setting, std::size_t other) const {
  if (failed_always(setting)) return {NAN, -infinity, infinity};
  std::vector<double> differences;
  for (std::size_t round = 0; round < state_.n_rounds; ++round)
    differences.push_back(counted(values_[setting][round]) - counted(values_[other][round]));
  return paired_bound(differences, critical_value_(state_.n_rounds, other));
}

/// Returns the difference in the metric itself.
Bound Race::shown(const Bound& difference) const {
  if (rules_.smaller_is_better) return difference;
  return {-difference.mean, -difference.high, -difference.low};
}

void Race::let_leave() {
  std::vector<std::size_t> staying;
  Look look{state_.n_rounds, state_.leader, std::vector<Bound>(metric_.size(), {NAN, NAN, NAN}), 0};
  for (const std::size_t setting : state_.in_race) {
    const bool compared = setting != state_.leader && std::isfinite(worst_);
    const Bound worse = compared ? difference(setting, state_.leader) : Bound{0, -infinity, infinity};
    if (compared) look.of_differences[setting] = shown(worse);
    if (compared && (worse.low > 0 || failed_always(setting)))
      state_.left.push_back({setting, state_.n_rounds, state_.leader, shown(worse), 0});
    else
      staying.push_back(setting);
  }
  state_.in_race = staying;
  state_.looks.push_back(std::move(look));
}

bool Race::all_within_tolerance() const {
  if (!(rules_.tolerance > 0)) return false;
  for (const std::size_t one : state_.in_race)
    for (const std::size_t other : state_.in_race)
      if (one != other && !(difference(one, other).high <= rules_.tolerance)) return false;
  return true;
}

void Race::decide() {
  if (state_.n_rounds < rules_.start) return;
  let_leave();
  if (state_.in_race.size() == 1)
    state_.end = RaceEnd::one_left;
  else if (all_within_tolerance())
    state_.end = RaceEnd::within_tolerance;
  else if (state_.n_rounds == rules_.n_seeds)
    state_.end = RaceEnd::seeds_used;
}

}  // namespace

double error_of_comparison(const RaceRules& rules, std::size_t stage) {
  const auto n_given = static_cast<double>(std::max<std::size_t>(rules.n_given, 2));
  if (!rules.refine) return rules.error / (n_given - 1);
  const auto s = static_cast<double>(stage);
  const double n_joining = stage == 0 ? n_given : std::ldexp(n_given - 1, static_cast<int>(stage) - 1);
  return rules.error / ((s + 1) * (s + 2)) / n_joining;
}

RaceState judge_race(const RaceMetric& metric, const RaceRules& rules) {
  RaceRules of_all = rules;
  of_all.n_given = metric.size();
  const double error = error_of_comparison(of_all, 0);
  return judge_race(metric, rules, CriticalValue([&](std::size_t n) { return critical_value(error, n); }));
}

RaceState judge_race(const RaceMetric& metric, const RaceRules& rules, const CriticalValue& critical_value) {
  return judge_race(
      metric, rules, [&](std::size_t n, std::size_t) { return critical_value(n); },
      [](const RaceState&) { return false; });
}

RaceState judge_race(const RaceMetric& metric, const RaceRules& rules, const CriticalValueOf& critical_value,
                     const std::function<bool(const RaceState&)>& is_over) {
  assert(!metric.empty());
  Race race(metric, rules, critical_value);
  while (race.state().end == RaceEnd::going_on && race.add_round()) {
    race.decide();
    if (race.state().n_rounds >= rules.start && is_over(race.state())) break;
  }
  return race.state();
}

}  // namespace ksweep
