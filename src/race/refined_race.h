#pragma once

#include <cstddef>
#include <vector>

#include "race/judge_race.h"

namespace ksweep {

/// A value of k that a setting has.  Settings of one line differ in k alone.
struct PlaceOfK {
  std::size_t line, k;
};

/// A setting that is not in the plan yet: like another one, with another k.
struct NewSetting {
  std::size_t like;  ///< setting
  std::size_t k;
};

/// How a race stands to which values of k are added.
struct RefinedRace {
  /// Of the last stage; its rounds and leader are those of the last decision.
  RaceState state;
  /// (setting) the stage in which it joined; 0: the first one; not_joined: it has not been asked for.
  std::vector<std::size_t> joined;
  std::vector<std::size_t> n_counted;  ///< (setting) its first seeds that decisions have looked at
  std::size_t n_complete = 0;          ///< complete rounds of the last stage
  std::vector<NewSetting>
      wanted;  ///< what the next stage adds to the plan; then nothing else is to be trained
};

inline constexpr std::size_t not_joined = static_cast<std::size_t>(-1);

/// Judges a race in stages.  The first has the first rules.n_given settings.  A stage ends with the first decision at which values
/// of k are to be added around the leader (refined_k); the next has the settings that are still in the race and these new
/// ones, and begins with the first seeds.  Without rules.refine there is one stage.
///
/// places: (setting).  New settings are looked for among those after rules.n_given, in any order.
RefinedRace judge_refined_race(const RaceMetric& metric, const std::vector<PlaceOfK>& places,
                               const RaceRules& rules);

}  // namespace ksweep
