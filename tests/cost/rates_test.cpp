#include "cost/rates.h"

#include <gmock/gmock.h>

namespace ksweep {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;

/// What 1 s, 10 s and 0.1 s for a unit of three kinds make of such amounts.
MeasuredWork measured(const Work& work) { return {work, 1 * work[0] + 10 * work[1] + 0.1 * work[2]}; }

const std::vector<double> prior{0.5, 5, 0.05};

TEST(FittedRates, WithoutMeasurementsAreThePrior) { EXPECT_EQ(fitted_rates({}, prior), prior); }

TEST(FittedRates, AFewMeasurementsScaleThePriorAsAWhole) {
  const std::vector<MeasuredWork> one{{{1, 1, 1}, 11.1}};
  EXPECT_THAT(fitted_rates(one, prior),
              ElementsAre(DoubleNear(1, 1e-9), DoubleNear(10, 1e-9), DoubleNear(0.1, 1e-9)));
}

TEST(FittedRates, ManyMeasurementsDecideEachRateWhateverThePrior) {
  std::vector<MeasuredWork> many;
  for (int i = 0; i < 300; ++i)
    many.push_back(measured({1.0 + i % 7, 0.1 * (1 + i % 5), 10.0 * (1 + i % 11)}));
  EXPECT_THAT(fitted_rates(many, {2, 4, 0.25}),
              ElementsAre(DoubleNear(1, 0.03), DoubleNear(10, 0.3), DoubleNear(0.1, 0.003)));
}

TEST(FittedRates, AreNeverNegative) {
  // The second kind would have to give time back.
  std::vector<MeasuredWork> many;
  for (int i = 1; i <= 100; ++i) many.push_back({{1.0, 0.1 * (i % 10), 0}, 2 - 0.05 * (i % 10)});
  const auto rates = fitted_rates(many, {1, 1, 1});
  EXPECT_EQ(rates[1], 0);
  EXPECT_NEAR(rates[0], 1.78, 0.1);
}

TEST(FittedRates, OfKindsThatNoTrialShowsFollowTheOthers) {
  const std::vector<MeasuredWork> some{{{2, 0, 0}, 2}, {{4, 0, 0}, 4}};
  EXPECT_THAT(fitted_rates(some, prior),
              ElementsAre(DoubleNear(1, 1e-9), DoubleNear(10, 1e-9), DoubleNear(0.1, 1e-9)));
}

TEST(FittedRates, ShortAndLongTrialsCountAlike) {
  // 30 % too slow on short ones, on long ones 30 % too fast: the rate lies between.
  const std::vector<MeasuredWork> mixed{{{1}, 1.3}, {{1000}, 700}};
  EXPECT_NEAR(fitted_rates(mixed, {1})[0], 1, 0.05);
}

TEST(RatesText, ReadsBackEveryBit) {
  Rates rates = default_rates();
  rates.n_measured = 12;
  rates.training[0] = 1.0 / 3;
  rates.probe.back() = 0;
  const auto back = rates_from_text(rates_text(rates));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->n_measured, 12);
  EXPECT_EQ(back->training, rates.training);
  EXPECT_EQ(back->probe, rates.probe);
}

TEST(RatesText, ThatCannotBeUnderstoodIsNotTaken) {
  for (const char* text :
       {"", "trials", "trials 12", "trials 12; product", "trials 12; product -1", "trials 12, product 1"})
    EXPECT_FALSE(rates_from_text(text)) << text;
}

TEST(RatesText, OfAnotherVersionGivesTheKindsOfWorkThatItKnows) {
  const auto rates = rates_from_text("trials 12; juggling 3; selection 0.25");
  ASSERT_TRUE(rates);
  EXPECT_EQ(rates->n_measured, 12);
  EXPECT_EQ(rates->training.at(2), 0.25);
  EXPECT_EQ(rates->training.at(0), default_rates().training.at(0));
  EXPECT_EQ(rates->probe, default_rates().probe);
}

}  // namespace
}  // namespace ksweep
