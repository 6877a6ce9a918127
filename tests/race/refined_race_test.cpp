#include "race/refined_race.h"

#include <gmock/gmock.h>

#include <cmath>
#include <set>

#include "race/critical_value.h"

namespace ksweep {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::size_t n_seeds = 16;

RaceRules rules_for(std::size_t n_given) {
  RaceRules rules;
  rules.n_seeds = n_seeds;
  rules.refine = true;
  rules.n_given = n_given;
  return rules;
}

/// Values with an optimum at k = 27, on a logarithmic scale; they scatter little.
std::vector<std::optional<double>> values_of(std::size_t k, std::size_t n, double scatter) {
  std::vector<std::optional<double>> values;
  for (std::size_t seed = 0; seed < n; ++seed)
    values.emplace_back(std::abs(std::log(static_cast<double>(k) / 27)) +
                        scatter / 13 *
                            static_cast<double>((5 * seed * seed + 3 * k * seed * (seed + k)) % 13));
  values.resize(n_seeds);
  return values;
}

/// A race that trains what it is asked for.
struct Simulated {
  explicit Simulated(std::vector<PlaceOfK> given)
      : places(std::move(given)), rules(rules_for(places.size())) {
    metric.resize(places.size(), std::vector<std::optional<double>>(n_seeds));
  }
  RefinedRace judge() const { return judge_refined_race(metric, places, rules); }
  void train(std::size_t setting, std::size_t n) {
    metric[setting] = values_of(places[setting].k, n, scatter);
  }
  void add(const RefinedRace& race) {
    for (const NewSetting& wanted : race.wanted) {
      places.push_back({places[wanted.like].line, wanted.k});
      metric.emplace_back(n_seeds);
    }
  }
  RefinedRace run() {
    for (int step = 0; step < 1000; ++step) {
      const RefinedRace race = judge();
      if (race.state.end != RaceEnd::going_on) return race;
      add(race);
      if (race.wanted.empty())
        for (const std::size_t setting : race.state.in_race)
          train(setting, std::max(rules.start, std::max(race.n_complete + 1, race.n_counted[setting])));
    }
    return judge();
  }
  std::vector<PlaceOfK> places;
  RaceRules rules;
  RaceMetric metric;
  double scatter = 1e-4;
};

const std::vector<PlaceOfK> coarse = {{0, 5}, {0, 20}, {0, 80}, {0, 320}};

TEST(RefinedRace, FindsAnOptimumBetweenTheValuesOfTheFile) {
  Simulated race(coarse);
  const RefinedRace end = race.run();
  EXPECT_EQ(race.places[end.state.leader].k, 27u);
  EXPECT_EQ(end.state.end, RaceEnd::one_left);
  EXPECT_GT(end.state.stage, 3u);
  EXPECT_EQ(end.joined[0], 0u);
  EXPECT_EQ(end.joined.back(), end.state.stage);
}

TEST(RefinedRace, WantsValuesOnceTheNeighboursOfTheLeaderHaveLeft) {
  Simulated race(coarse);
  for (std::size_t setting = 0; setting < 4; ++setting) race.train(setting, 3);
  EXPECT_THAT(race.judge().wanted, IsEmpty());
  for (std::size_t setting = 0; setting < 4; ++setting) race.train(setting, 4);
  const RefinedRace now = race.judge();
  ASSERT_EQ(now.wanted.size(), 2u);
  EXPECT_EQ(now.wanted[0].k, 10u);
  EXPECT_EQ(now.wanted[1].k, 40u);
  EXPECT_EQ(now.wanted[1].like, 1u);
  EXPECT_EQ(now.state.end, RaceEnd::going_on);
}

TEST(RefinedRace, ANewStageHasThoseInTheRaceAndTheNewOnesFromTheFirstSeedsOn) {
  Simulated race(coarse);
  for (std::size_t setting = 0; setting < 4; ++setting) race.train(setting, 4);
  race.add(race.judge());
  RefinedRace now = race.judge();
  EXPECT_THAT(now.state.in_race, ElementsAre(1u, 4u, 5u));
  EXPECT_EQ(now.state.stage, 1u);
  EXPECT_EQ(now.n_complete, 0u);
  EXPECT_EQ(now.state.n_rounds, 4u) << "what was decided last still stands";
  EXPECT_EQ(now.state.leader, 1u);
  race.train(4, 4);
  race.train(5, 3);
  EXPECT_EQ(race.judge().n_complete, 3u);
  race.train(5, 4);
  now = race.judge();
  EXPECT_EQ(now.state.looks.back().stage, 1u);
  EXPECT_EQ(now.state.looks.back().n_seeds, 4u);
  EXPECT_TRUE(std::isnan(now.state.looks.back().of_differences[0].mean)) << "it left before";
}

TEST(RefinedRace, RefinesInTheLineOfTheLeaderAlone) {
  Simulated race({{0, 5}, {0, 20}, {0, 80}, {1, 21}, {1, 500}});
  for (std::size_t setting = 0; setting < 5; ++setting) race.train(setting, 4);
  // In the other line, 21 is better than 20; its only neighbour has left.
  const RefinedRace now = race.judge();
  ASSERT_EQ(now.wanted.size(), 1u);
  EXPECT_EQ(now.wanted[0].k, 102u);
  EXPECT_EQ(now.wanted[0].like, 3u);
}

TEST(RefinedRace, TheErrorsOfAllComparisonsOfASettingSumToAtMostTheWhole) {
  const RaceRules rules = rules_for(4);
  double sum = 0;
  for (int stage = 0; stage < 200; ++stage)
    sum += error_of_comparison(rules, static_cast<std::size_t>(stage)) *
           (stage == 0 ? 4 : 3 * std::ldexp(1.0, stage - 1));
  EXPECT_LE(sum, rules.error);
  EXPECT_GT(sum, 0.99 * rules.error);
}

TEST(RefinedRace, FindsAnOptimumBetweenTwoValuesThatAreAsGood) {
  // 27 is in the middle of both on a logarithmic scale; between neighbours as close as 24 and 27 nothing is told apart.
  Simulated race({{0, 3}, {0, 9}, {0, 81}, {0, 243}});
  race.scatter = 0.1;
  const RefinedRace end = race.run();
  EXPECT_NEAR(static_cast<double>(race.places[end.state.leader].k), 27, 4);
  EXPECT_EQ(end.state.end, RaceEnd::seeds_used);
}

TEST(RefinedRace, ComparesWithTheErrorOfTheStageInWhichTheLeaderJoined) {
  Simulated race(coarse);
  const RefinedRace end = race.run();
  std::set<std::size_t> stages;  // in which leaders joined
  for (const Departure& left : end.state.left) {
    std::vector<double> differences;
    for (std::size_t seed = 0; seed < left.n_seeds; ++seed)
      differences.push_back(*race.metric[left.setting][seed] - *race.metric[left.leader][seed]);
    const double error = error_of_comparison(race.rules, end.joined[left.leader]);
    const Bound bound = paired_bound(differences, critical_value(error, left.n_seeds));
    EXPECT_EQ(left.of_difference.low, bound.low) << "setting " << left.setting;
    stages.insert(end.joined[left.leader]);
  }
  EXPECT_GT(stages.size(), 2u);
}

TEST(RefinedRace, WithoutRefinementTheWholeErrorIsOfOneStage) {
  RaceRules rules = rules_for(4);
  rules.refine = false;
  EXPECT_DOUBLE_EQ(error_of_comparison(rules, 0), rules.error / 3);
  Simulated race(coarse);
  race.rules.refine = false;
  EXPECT_EQ(race.places[race.run().state.leader].k, 20u);
  EXPECT_EQ(race.places.size(), 4u);
}

TEST(RefinedRace, ResultsThatItDidNotAskForDecideNothing) {
  Simulated race(coarse);
  const RefinedRace plain = race.run();
  Simulated rich(race.places);
  rich.rules.n_given = 4;
  rich.places.push_back({0, 200});  // never wanted
  rich.metric.emplace_back(n_seeds);
  for (std::size_t setting = 0; setting < rich.places.size(); ++setting) rich.train(setting, n_seeds);
  const RefinedRace again = rich.judge();
  EXPECT_EQ(again.state.leader, plain.state.leader);
  EXPECT_EQ(again.state.n_rounds, plain.state.n_rounds);
  EXPECT_EQ(again.state.looks.size(), plain.state.looks.size());
  EXPECT_EQ(again.joined.back(), not_joined);
}

}  // namespace
}  // namespace ksweep
