#include "simulated_refinement.h"

#include <gmock/gmock.h>

namespace ksweep {
namespace {

using testing::ElementsAreArray;

const std::vector<std::size_t> coarse = {5, 20, 80, 320};
ScatterOfK normal() { return {laws.front(), true}; }

RaceRules refined_rules(std::size_t n_seeds = 20) {
  RaceRules rules;
  rules.n_seeds = n_seeds;
  rules.refine = true;
  return rules;
}

TEST(SimulatedRefinement, WithHardlyAnyScatterItFindsTheBestKInFiveStepsWithTenValues) {
  const RefinementOutcome outcome = simulate_refinement({27, 1e6}, normal(), coarse, refined_rules(), 20);
  EXPECT_DOUBLE_EQ(outcome.best_k_joined, 1);
  EXPECT_DOUBLE_EQ(outcome.best_k_leads, 1);
  EXPECT_DOUBLE_EQ(outcome.added, 10);
  EXPECT_DOUBLE_EQ(outcome.stages, 5);
  EXPECT_EQ(outcome.loss, 0);
  EXPECT_EQ(outcome.best_left, 0);
}

TEST(SimulatedRefinement, TrainsNoMoreThanDecisionsLookAt) {
  // No whole number is between these; the others leave after 4 seeds.
  const RefinementOutcome outcome =
      simulate_refinement({27, 1e6}, normal(), {26, 27, 28}, refined_rules(), 20);
  EXPECT_DOUBLE_EQ(outcome.trainings, 12);
  EXPECT_EQ(outcome.added, 0);
  EXPECT_EQ(outcome.stages, 0);
}

TEST(SimulatedRefinement, ABestKThatNeverJoinsIsALoss) {
  RaceRules plain = refined_rules();
  plain.refine = false;
  const CurveOfK curve{40, 3};
  const RefinementOutcome outcome = simulate_refinement(curve, normal(), {20, 320}, plain, 20);
  EXPECT_EQ(outcome.best_k_joined, 0);
  EXPECT_EQ(outcome.best_k_leads, 0);
  EXPECT_EQ(outcome.best_k_left, 0);
  EXPECT_NEAR(outcome.loss, 3, 1e-12) << "half of the best k is worse by this";
}

TEST(SimulatedRefinement, TheBestLeavesAsRarelyAsTheErrorSays) {
  const CurveOfK flat{20, 0};
  RaceRules rules = refined_rules();
  const RefinementOutcome held = simulate_refinement(flat, normal(), coarse, rules, 500);
  EXPECT_LT(held.best_left, rules.error);
  EXPECT_EQ(held.best_left, held.best_k_left) << "of equal values it is this one";
  rules.error = 0.9;
  EXPECT_GT(simulate_refinement(flat, normal(), coarse, rules, 500).best_left, 0.05);
}

TEST(SimulatedRefinement, AKHasTheSameValuesWheneverItJoins) {
  const CurveOfK curve{27, 2};
  const ScatterOfK scatter = normal();
  const std::vector<double> all = DrawnValues(curve, scatter, 40, 7).of(30);
  const DrawnValues again(curve, scatter, 20, 7);
  EXPECT_NE(again.of(31), again.of(30));
  EXPECT_THAT(again.of(30), ElementsAreArray(all.begin(), all.begin() + 20)) << "a longer list goes on";
  EXPECT_NE(DrawnValues(curve, scatter, 20, 8).of(30), again.of(30));
}

TEST(SimulatedRefinement, TheBestKScattersMostOrLeast) {
  const CurveOfK flat{27, 0};
  const auto mean_square = [&](bool best_scatters_most) {
    double sum = 0;
    for (std::uint64_t race = 0; race < 1000; ++race) {
      const ScatterOfK scatter{laws.front(), best_scatters_most};
      for (const double value : DrawnValues(flat, scatter, 2, race).of(27)) sum += value * value / 2000;
    }
    return sum;
  };
  EXPECT_NEAR(mean_square(true), 1 + 1, 0.2) << "what is common to all, and its own";
  EXPECT_NEAR(mean_square(false), 1 + 0.25 * 0.25, 0.1);
}

}  // namespace
}  // namespace ksweep
