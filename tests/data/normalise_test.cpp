#include "data/normalise.h"

#include <gtest/gtest.h>

#include <cmath>
#include <utility>

#include "base/errors.h"
#include "base/matrix.h"
#include "base/random.h"

namespace ksweep {
namespace {

TEST(Normalise, StandardisesEachInputOverTheTrainingSamples) {
  SampleStorage samples{{1, 5, 3, 5}, {4, 6}, {}, {}};  // inputs of mean 2 and 5, standard deviations 1 and 0
  normalise(Normalise::standardise, 2, 2, samples);
  EXPECT_EQ(samples.train, (std::vector<float>{-1, 0, 1, 0}));
  EXPECT_EQ(samples.test, (std::vector<float>{2, 0}));
}

// Means 2 and 5; the centred samples (-1, -2) and (1, 2) have norm sqrt(5), so the factor is sqrt(2 / 5).
TEST(Normalise, ScalesByOneFactorAboutTheMeanOfTheTrainingSamples) {
  SampleStorage samples{{1, 3, 3, 7}, {2, 5, 4, 6}, {}, {}};
  normalise(Normalise::scale, 2, 2, samples);
  const float factor = std::sqrt(0.4f);
  EXPECT_FLOAT_EQ(samples.factor, factor);
  EXPECT_EQ(samples.mean, (std::vector<float>{2, 5}));
  EXPECT_FLOAT_EQ(samples.train[1], -2 * factor);
  EXPECT_FLOAT_EQ(samples.test[2], 2 * factor);
  EXPECT_FLOAT_EQ(samples.test[3], factor);
}

TEST(Normalise, RefusesToScaleEqualSamples) {
  SampleStorage samples{{1, 3, 1, 3}, {}, {}, {}};
  EXPECT_THROW(normalise(Normalise::scale, 2, 2, samples), UserError);
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

// What the usual deviation is tells the lower median: with the upper one the first input would pass for rounding.
TEST(Normalise, OfTwoInputsTheOneThatVariesLessIsTheUsualOne) {
  SampleStorage samples{{1e-9f, 1, 3e-9f, 3}, {}, {}, {}};
  normalise(Normalise::standardise, 2, 2, samples);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(samples.train[i], i < 2 ? -1 : 1, 1e-4) << i;
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

/// Covariances of 4 inputs with 4 others.
Matrix<double> covariance(const std::vector<float>& samples, const std::vector<float>& others) {
  const Eigen::Index n = static_cast<Eigen::Index>(samples.size()) / 4;
  const auto centred = [&](const std::vector<float>& numbers) -> Matrix<double> {
    const Matrix<double> rows = MatrixView<float>(numbers.data(), n, 4).cast<double>();
    return rows.rowwise() - rows.colwise().mean();
  };
  return centred(samples).transpose() * centred(others) / static_cast<double>(n);
}

// ZCA: x -> (x - mean) W with W = (C + 0.1)^-1/2, which is symmetric and has the eigenvectors of C; so W C W (C + 0.1) = C.
TEST(Normalise, WhitensByTheSymmetricRootOfTheCovarianceOfContrastsAndATenth) {
  const std::vector<float> samples = correlated();
  SampleStorage contrast{samples, {}, {}, {}}, white{samples, {}, {}, {}};
  normalise(Normalise::contrast, 4, 2000, contrast);
  normalise(Normalise::whiten, 4, 2000, white);
  const Matrix<double> before = covariance(contrast.train, contrast.train),
                       after = covariance(white.train, white.train),
                       between = covariance(contrast.train, white.train);
  EXPECT_LT((after * (before + 0.1 * Matrix<double>::Identity(4, 4)) - before).norm(), 1e-5);
  EXPECT_LT((between - between.transpose()).norm(), 1e-5);
  EXPECT_GT(between.trace(), 1);  // not by the negative root
  for (std::size_t input = 0; input < 4; ++input) {
    double sum = 0;
    for (std::size_t i = input; i < white.train.size(); i += 4) sum += double(white.train[i]);
    EXPECT_NEAR(sum / 2000, 0, 1e-5) << input;
  }
}

TEST(Normalise, TreatsTestSamplesAsTheTrainingSamplesWhoseStatisticsItTook) {
  for (const Normalise how : {Normalise::standardise, Normalise::contrast, Normalise::whiten}) {
    SampleStorage samples{correlated(), {}, {}, {}};
    samples.test.assign(samples.train.begin() + 40, samples.train.begin() + 60);
    const std::vector<float> before = samples.test;
    normalise(how, 4, 2000, samples);
    EXPECT_EQ(samples.test, std::vector<float>(samples.train.begin() + 40, samples.train.begin() + 60));
    EXPECT_NE(samples.test, before);
  }
}

TEST(Normalise, TakesStatisticsOverTheFirstSamplesOnly) {
  for (const Normalise how : {Normalise::standardise, Normalise::whiten}) {
    SampleStorage few{correlated(), {}, {}, {}}, all = few;
    few.train.resize(4 * 500);
    normalise(how, 4, 500, few);
    normalise(how, 4, 500, all);
    EXPECT_EQ(few.train, std::vector<float>(all.train.begin(), all.train.begin() + 4 * 500));
  }
}

}  // namespace
}  // namespace ksweep
