#include "data/normalise.h"

#include <gtest/gtest.h>

#include <cmath>
#include <utility>

#include "core/random.h"

namespace ksweep {
namespace {

TEST(Normalise, StandardisesEachInputOverTheTrainingSamples) {
  SampleStorage samples{{1, 5, 3, 5}, {4, 6}, {}, {}};  // inputs of mean 2 and 5, standard deviations 1 and 0
  normalise(Normalise::standardise, 2, 2, samples);
  EXPECT_EQ(samples.train, (std::vector<float>{-1, 0, 1, 0}));
  EXPECT_EQ(samples.test, (std::vector<float>{2, 0}));
}

/// 600 samples of 3 inputs, the middle one `usual` in all but one of them; the only test sample has 0.4 there.
SampleStorage nearly_constant(float usual, float once) {
  SampleStorage samples{{}, {1, 0.4f, 1}, {}, {}};
  for (int i = 0; i < 600; ++i)
    samples.train.insert(samples.train.end(), {float(i % 2), i == 7 ? once : usual, float(i % 3)});
  return samples;
}

TEST(Normalise, AnInputThatIsConstantButForRoundingBecomesZero) {
  const std::pair<float, float> cases[] = {
      {0.1f, 0.1f},  // whose mean of 600 need not be 0.1
      {0.1f, std::nextafter(0.1f, 1.0f)},
      {1000, std::nextafter(1000.0f, 0.0f)},
      {0, std::nextafter(0.0f, 1.0f)},
      {0, 1e-7f},
      {-0.7f, -0.7f + 4 * 5.9604645e-8f},
  };
  for (const auto& [usual, once] : cases) {
    SampleStorage samples = nearly_constant(usual, once);
    normalise(Normalise::standardise, 3, 600, samples);
    for (std::size_t i = 1; i < samples.train.size(); i += 3) ASSERT_EQ(samples.train[i], 0) << usual << i;
    EXPECT_EQ(samples.test[1], 0) << usual;
    EXPECT_EQ(samples.test[0], 1);
  }
}

// One grey level in one of 600 images, an input in small units beside larger ones.
TEST(Normalise, AnInputThatVariesLittleIsStandardisedAsAnyOther) {
  const double share = 1.0 / 600;
  for (const auto& [usual, once] : {std::pair{0.0f, 1 / 255.0f}, std::pair{1.0f, 254 / 255.0f}}) {
    SampleStorage samples = nearly_constant(usual, once);
    normalise(Normalise::standardise, 3, 600, samples);
    EXPECT_NEAR(samples.train[7 * 3 + 1], (once > usual ? 1 : -1) * std::sqrt((1 - share) / share), 1e-2);
  }
  SampleStorage units{{1e6f, 0.5f, 1e-6f, 3e6f, 1.5f, 3e-6f}, {}, {}, {}};
  normalise(Normalise::standardise, 3, 2, units);
  for (std::size_t i = 0; i < 6; ++i) EXPECT_NEAR(units.train[i], i < 3 ? -1 : 1, 1e-4) << i;
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
