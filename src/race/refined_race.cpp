#include "race/refined_race.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "race/critical_value.h"
#include "race/refine.h"

namespace ksweep {
namespace {

using Settings = std::vector<std::size_t>;

class Stages {
 public:
  Stages(const RaceMetric& metric, const std::vector<PlaceOfK>& places, const RaceRules& rules)
      : metric_(metric), places_(places), rules_(rules) {
    race_.joined.assign(metric.size(), not_joined);
    race_.n_counted.assign(metric.size(), 0);
    field_.resize(rules.n_given);
    std::iota(field_.begin(), field_.end(), std::size_t{0});
  }

  RefinedRace judged();

 private:
  void judge_stage();
  void take(const RaceState& own);
  std::vector<NewSetting> to_add(std::size_t leader, const Settings& in_race, bool ended) const;
  bool begin_next();

  const RaceMetric& metric_;
  const std::vector<PlaceOfK>& places_;
  const RaceRules& rules_;
  Settings field_;  // that race in this stage
  std::size_t stage_ = 0;
  RefinedRace race_{};
};

Settings mapped(const Settings& positions, const Settings& field) {
  Settings settings;
  for (const std::size_t position : positions) settings.push_back(field[position]);
  return settings;
}

/// Returns the settings to add around the leader, by its own line.
std::vector<NewSetting> Stages::to_add(std::size_t leader, const Settings& in_race, bool ended) const {
  Settings line;
  for (std::size_t setting = 0; setting < places_.size(); ++setting)
    if (race_.joined[setting] != not_joined && places_[setting].line == places_[leader].line)
      line.push_back(setting);
  std::ranges::sort(line, {}, [&](std::size_t setting) { return places_[setting].k; });
  std::vector<std::size_t> k;
  std::vector<bool> left;
  for (const std::size_t setting : line) {
    k.push_back(places_[setting].k);
    left.push_back(std::ranges::find(in_race, setting) == in_race.end());
  }
  const auto place = static_cast<std::size_t>(std::ranges::find(line, leader) - line.begin());
  std::vector<NewSetting> added;
  for (const std::size_t value : refined_k(k, place, left, ended)) added.push_back({leader, value});
  return added;
}

/// Adds what a stage decided to what was decided before.
void Stages::take(const RaceState& own) {
  RaceState& whole = race_.state;
  whole.stage = stage_;
  whole.end = own.end;
  whole.in_race = mapped(own.in_race, field_);
  if (stage_ == 0 || !own.looks.empty()) {
    whole.n_rounds = own.n_rounds;
    whole.leader = field_[own.leader];
  }
  race_.n_complete = own.n_rounds;
  for (const std::size_t setting : whole.in_race)
    race_.n_counted[setting] = std::max(race_.n_counted[setting], own.n_rounds);
  for (const Departure& left : own.left) {
    const std::size_t setting = field_[left.setting];
    race_.n_counted[setting] = std::max(race_.n_counted[setting], left.n_seeds);
    whole.left.push_back({setting, left.n_seeds, field_[left.leader], left.of_difference, stage_});
  }
  for (const Look& look : own.looks) {
    whole.looks.push_back({look.n_seeds, field_[look.leader], {}, stage_});
    whole.looks.back().of_differences.assign(metric_.size(), {NAN, NAN, NAN});
    for (std::size_t i = 0; i < field_.size(); ++i)
      whole.looks.back().of_differences[field_[i]] = look.of_differences[i];
  }
}

void Stages::judge_stage() {
  RaceMetric own;
  for (const std::size_t setting : field_) {
    own.push_back(metric_[setting]);
    if (race_.joined[setting] == not_joined) race_.joined[setting] = stage_;
  }
  take(judge_race(
      own, rules_,
      [&](std::size_t n, std::size_t rival) {
        return critical_value(error_of_comparison(rules_, race_.joined[field_[rival]]), n);
      },
      [&](const RaceState& now) {
        race_.wanted.clear();
        const bool ended = now.end != RaceEnd::going_on;
        if (rules_.refine) race_.wanted = to_add(field_[now.leader], mapped(now.in_race, field_), ended);
        return !race_.wanted.empty();
      }));
}

/// Lets new settings join.  Returns false if there are none, or if the plan lacks some.
bool Stages::begin_next() {
  if (race_.wanted.empty()) return false;
  Settings joining;
  for (const NewSetting& wanted : race_.wanted)
    for (std::size_t setting = rules_.n_given; setting < places_.size(); ++setting)
      if (places_[setting].line == places_[wanted.like].line && places_[setting].k == wanted.k)
        joining.push_back(setting);
  if (joining.size() < race_.wanted.size()) {
    race_.state.end = RaceEnd::going_on;
    return false;
  }
  race_.wanted.clear();
  field_ = race_.state.in_race;
  field_.insert(field_.end(), joining.begin(), joining.end());
  ++stage_;
  return true;
}

RefinedRace Stages::judged() {
  do judge_stage();
  while (begin_next());
  return std::move(race_);
}

}  // namespace

RefinedRace judge_refined_race(const RaceMetric& metric, const std::vector<PlaceOfK>& places,
                               const RaceRules& rules) {
  return Stages(metric, places, rules).judged();
}

}  // namespace ksweep
