#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "race/refined_race.h"
#include "simulated_field.h"
#include "simulated_races.h"

namespace ksweep {

/// A made-up metric as a function of k, of which smaller values are better: a parabola over log2(k), in units of the scatter over
/// seeds.
struct CurveOfK {
  std::size_t best_k;  ///< the one that counts as the best, where all are equal
  double steepness;    ///< twice and half of best_k are worse by this

  double mean(std::size_t k) const;
};

/// A race, and the settings that it had in the end: those of the sweep file, then the added ones.
struct PlayedRace {
  std::vector<PlaceOfK> places;
  RefinedRace end;
};

/// Plays the part of the run: judges a race of these values of k, adds the values that it wants, and judges again, until
/// it wants no more.
///
/// values_of: the values of a k with each seed, always the same ones.
PlayedRace play_race(const std::vector<std::size_t>& given, RaceRules rules,
                     const std::function<std::vector<double>(std::size_t k)>& values_of);

/// How values of simulated races are drawn around a curve.  What all values of k have in common in a seed, the pairing removes.
struct ScatterOfK {
  Law law;
  bool
      best_scatters_most;  ///< of the scatters in race_family.h; every other k has any of them, in all races the same
};

/// Draws the values of a race by its number, and for each k from a stream of its own.
class DrawnValues {
 public:
  DrawnValues(const CurveOfK& curve, const ScatterOfK& scatter, std::size_t n_seeds, std::uint64_t race);
  std::vector<double> of(std::size_t k) const;

 private:
  const CurveOfK& curve_;
  const ScatterOfK& scatter_;
  std::uint64_t race_;
  std::vector<double> common_;  // [seed]
};

/// What races come to on average.  The best k is that of the curve.
struct RefinementOutcome {
  /// Shares of the races in which has left: the best of the settings that were ever in the race; the best k.
  double best_left = 0, best_k_left = 0;
  double best_k_joined = 0;  ///< share of the races that had the best k
  double best_k_leads = 0;   ///< share of the races whose leader is the best k at the end
  double loss = 0;  ///< true mean of the leader at the end minus that of the best k, in units of the scatter
  double trainings = 0;  ///< number
  double added = 0;      ///< values of k
  double stages = 0;     ///< in which values of k were added
};

/// Returns what races of these values of k come to: always the same ones for the same curve and scatter.
RefinementOutcome simulate_refinement(const CurveOfK& curve, const ScatterOfK& scatter,
                                      const std::vector<std::size_t>& given, const RaceRules& rules,
                                      int n_races = n_simulated);

/// Returns the larger of each number; of best_k_joined and best_k_leads, of which more is better, the smaller.
RefinementOutcome worse_of(const RefinementOutcome& one, const RefinementOutcome& other);

}  // namespace ksweep
