#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/errors.h"
#include "kernels/isa.h"
#include "probe/probe.h"
#include "sample_features.h"

namespace ksweep {
namespace {

ProbeResult probed(const Samples& train, const Samples& validation, const Samples& test, double l2 = 0,
                   int n_threads = 1, int n_threads_later = 0) {
  Team team(n_threads);
  int n_calls = 0;
  const auto keep_going = [&] {
    if (++n_calls == 3) team.grow_to(n_threads_later);
    return true;
  };
  const Features features[] = {train.sparse(), validation.sparse(), test.sparse()};
  return probe(best_kernels(), {features[0], train.labels}, {features[1], validation.labels},
               {features[2], test.labels}, {.team = team, .l2 = l2, .tolerance = 1e-6, .n_classes = 3},
               keep_going);
}

/// Noise of length 1 in feature 0, and a hint of length `hint` in feature 1: two of three samples are of class 0, so
/// that the hint counts only where its weight may be large.
Samples small_hint(int n, double hint) {
  Samples samples{Matrix<double>::Zero(n, 2), {}};
  for (int i = 0; i < n; ++i) {
    samples.labels.push_back(i % 3 == 0);
    samples.rows(i, 0) = i % 2 ? 1 : -1;
    samples.rows(i, 1) = static_cast<float>(i % 3 == 0 ? hint : -hint);
  }
  return samples;
}

TEST(Probe, TakesTheStrongestL2OfEquallyGoodOnes) {
  const Samples easy{Matrix<double>{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}, {0, 1, 2}};
  const ProbeResult result = probed(easy, easy, easy);
  EXPECT_EQ(result.l2, l2_strengths().front());
  EXPECT_EQ(result.test.overall, 1);
}

TEST(Probe, TakesAWeakerL2WhereThatIsBetterOnTheValidationPart) {
  const Samples samples = small_hint(60, 0.006);
  ASSERT_LT(probed(samples, samples, samples, l2_strengths().front()).validation.overall, 0.9);
  const ProbeResult result = probed(samples, samples, samples);
  EXPECT_LT(result.l2, l2_strengths().front());
  EXPECT_EQ(result.validation.overall, 1);
}

TEST(Probe, ChoosesOnTheValidationPartAndNotOnTheTestSet) {
  const Samples train = small_hint(60, 0.006);
  Samples misled = train;  // samples on which the hint leads astray
  for (std::int32_t& label : misled.labels) label = 0;
  EXPECT_EQ(probed(train, misled, train).l2, l2_strengths().front());
  EXPECT_LT(probed(train, train, misled).l2, l2_strengths().front());
}

TEST(Probe, UsesTheL2ThatIsAskedFor) {
  const Samples samples = overlapping_classes(50, 6, 3);
  EXPECT_EQ(probed(samples, samples, samples, 0.125).l2, 0.125);
}

TEST(Probe, MeasuresEachPartOnItsOwnSamples) {
  const Samples train{Matrix<double>{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}, {0, 1, 2}};
  Samples half_wrong{Matrix<double>{{1, 0, 0}, {0, 1, 0}}, {0, 2}}, all_wrong{Matrix<double>{{1, 0, 0}}, {1}};
  const ProbeResult result = probed(train, half_wrong, all_wrong, 1e-4);
  EXPECT_EQ(result.train.overall, 1);
  EXPECT_EQ(result.validation.overall, 0.5);
  EXPECT_EQ(result.test.overall, 0);
  EXPECT_THAT(result.test.confusion, testing::ElementsAre(0, 0, 0, 1, 0, 0, 0, 0, 0));
}

void expect_equal_bits(const ProbeResult& a, const ProbeResult& b) {
  EXPECT_EQ(a.l2, b.l2);
  EXPECT_EQ(a.iterations, b.iterations);
  EXPECT_EQ(a.gradient_norm, b.gradient_norm);
  EXPECT_EQ(a.test.confusion, b.test.confusion);
}

TEST(Probe, HasTheSameBitsOnAnyNumberOfThreads) {
  const Samples train = overlapping_classes(200, 20, 3, 1), test = overlapping_classes(100, 20, 3, 2);
  const ProbeResult alone = probed(train, test, test);
  for (const int n_threads : {2, 3}) expect_equal_bits(alone, probed(train, test, test, 0, n_threads));
}

TEST(Probe, HasTheSameBitsIfTheTeamGrowsMeanwhile) {
  const Samples train = overlapping_classes(200, 20, 3, 1), test = overlapping_classes(100, 20, 3, 2);
  expect_equal_bits(probed(train, test, test), probed(train, test, test, 0, 1, 3));
}

TEST(Probe, ComesNearTheToleranceItIsGiven) {
  const Samples samples = overlapping_classes(2000, 20, 3);
  const ProbeResult result = probed(samples, samples, samples);
  EXPECT_LT(result.gradient_norm, 1e-5);  // asked for: 1e-6; rounding of the loss may end the search earlier
  EXPECT_GT(result.iterations, 0);
}

}  // namespace
}  // namespace ksweep
