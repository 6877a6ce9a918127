#include "data/normalise.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/random.h"

namespace ksweep {
namespace {

TEST(Normalise, StandardisesEachInputOverTheTrainingSamples) {
  SampleStorage samples{{1, 5, 3, 5}, {4, 6}, {}, {}};  // inputs of mean 2 and 5, standard deviations 1 and 0
  normalise(Normalise::standardise, 2, 2, samples);
  EXPECT_EQ(samples.train, (std::vector<float>{-1, 0, 1, 0}));
  EXPECT_EQ(samples.test, (std::vector<float>{2, 0}));
}

// sqrt(variance + 10 / 255^2) with variance 0.25.
TEST(Normalise, DividesEachSampleByItsContrast) {
  SampleStorage samples{{0, 1}, {0.5f, 0.5f}, {}, {}};
  normalise(Normalise::contrast, 2, 1, samples);
  const float expected = static_cast<float>(0.5 / std::sqrt(0.25 + 10 / 65025.0));
  EXPECT_FLOAT_EQ(samples.train[0], -expected);
  EXPECT_FLOAT_EQ(samples.train[1], expected);
  EXPECT_EQ(samples.test, (std::vector<float>{0, 0}));
}

/// 2000 samples of 4 inputs, neighbours alike.
std::vector<float> correlated() {
  std::vector<float> samples;
  for (std::uint64_t i = 0; i < 2000; ++i) {
    RandomStream random(1, Purpose::split, 0, i);
    double value = random.normal();
    for (int input = 0; input < 4; ++input, value = 0.8 * value + 0.6 * random.normal())
      samples.push_back(static_cast<float>(value));
  }
  return samples;
}

double covariance(const std::vector<float>& samples, std::size_t a, std::size_t b) {
  double sum = 0, sum_a = 0, sum_b = 0;
  for (std::size_t i = 0; i < samples.size(); i += 4) {
    sum += double(samples[i + a]) * double(samples[i + b]);
    sum_a += double(samples[i + a]), sum_b += double(samples[i + b]);
  }
  const double count = double(samples.size()) / 4;
  return sum / count - sum_a * sum_b / (count * count);
}

// After contrast normalisation the samples add up to zero: one eigenvalue is 0, the others become D / (D + 0.1), nearly 1.
TEST(Normalise, WhitensToEqualVariancesWithoutCorrelation) {
  SampleStorage samples{correlated(), {}, {}, {}};
  normalise(Normalise::whiten, 4, 2000, samples);
  for (std::size_t a = 0; a < 4; ++a)
    for (std::size_t b = 0; b < 4; ++b)
      EXPECT_NEAR(covariance(samples.train, a, b), (a == b ? 0.75 : -0.25) * 0.9, 0.08) << a << b;
}

}  // namespace
}  // namespace ksweep
