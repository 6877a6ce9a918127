#include "probe/softmax.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/errors.h"
#include "kernels/isa.h"
#include "naive_softmax.h"

namespace ksweep {
namespace {

bool never_stop() { return true; }

Matrix<double> random_weights(int n_features, int n_classes) {
  RandomStream stream(2, Purpose::hidden_weights);
  return Matrix<double>::NullaryExpr(n_features + 1, n_classes, [&] { return stream.normal(); });
}

struct Form {
  const char* name;
  Features (Samples::*of)() const;
};
constexpr Form forms[] = {{"dense", &Samples::dense}, {"sparse", &Samples::sparse}};

class SoftmaxLoss : public testing::TestWithParam<std::string> {};  // instruction set

TEST_P(SoftmaxLoss, AndGradientEqualTheNaiveOnes) {
  const Samples samples = overlapping_classes(1301, 37, 5);  // no multiple of anything
  const Matrix<double> weights = random_weights(37, 5);
  Matrix<double> expected, gradient(38, 5);
  const double loss = naive_loss(samples, weights, 0.01, expected);
  for (const Form& form : forms) {
    const Features features = (samples.*form.of)();
    const Team team(2);
    SoftmaxRegression regression(kernels_for(GetParam()), features, samples.labels, 5, team);
    EXPECT_NEAR(regression.loss(weights.data(), 0.01, gradient.data()), loss, 1e-6 * loss) << form.name;
    EXPECT_LT((gradient - expected).cwiseAbs().maxCoeff(), 1e-6) << form.name;
  }
}

TEST_P(SoftmaxLoss, GradientEqualsCentralDifferences) {
  const Samples samples = overlapping_classes(60, 7, 3);
  Matrix<double> weights = random_weights(7, 3), gradient(8, 3), ignored(8, 3);
  for (const Form& form : forms) {
    const Features features = (samples.*form.of)();
    const Team team(1);
    SoftmaxRegression regression(kernels_for(GetParam()), features, samples.labels, 3, team);
    regression.loss(weights.data(), 0.1, gradient.data());
    for (Eigen::Index i = 0; i < weights.size(); ++i) {
      constexpr double step = 1e-2;  // wide: the kernels compute in single precision
      const double before = weights.data()[i];
      weights.data()[i] = before + step;
      const double above = regression.loss(weights.data(), 0.1, ignored.data());
      weights.data()[i] = before - step;
      const double below = regression.loss(weights.data(), 0.1, ignored.data());
      weights.data()[i] = before;
      EXPECT_NEAR(gradient.data()[i], (above - below) / (2 * step), 5e-5) << form.name << " " << i;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(AllInstructionSets, SoftmaxLoss, testing::ValuesIn(all_isas()),
                         [](const auto& tested) { return tested.param; });

TEST(Softmax, LossAndGradientHaveTheSameBitsOnAnyNumberOfThreads) {
  const Samples samples = overlapping_classes(5000, 20, 4);  // ten blocks of sparse features
  const Features features = samples.sparse();
  const Matrix<double> weights = random_weights(20, 4);
  Matrix<double> one(21, 4), other(21, 4);
  const Team team(1);
  SoftmaxRegression alone(best_kernels(), features, samples.labels, 4, team);
  const double loss = alone.loss(weights.data(), 0.01, one.data());
  for (const int n_threads : {2, 3, 5}) {
    const Team more(n_threads);
    SoftmaxRegression shared(best_kernels(), features, samples.labels, 4, more);
    EXPECT_EQ(shared.loss(weights.data(), 0.01, other.data()), loss);
    EXPECT_TRUE(one == other);
  }
}

TEST(Softmax, FitOfFeaturesThatTellNothingFindsTheClassFrequencies) {
  // Closed case: with all features zero only the biases count, and p = (1/2, 1/4, 1/4).
  const Samples samples{Matrix<double>::Zero(8, 2), {0, 0, 0, 0, 1, 1, 2, 2}};
  const Features features = samples.dense();
  const Team team(1);
  SoftmaxRegression regression(best_kernels(), features, samples.labels, 3, team);
  std::vector<double> weights(regression.n_weights()), gradient(weights.size());
  regression.fit(weights, 1e-4, 1e-6, never_stop);
  EXPECT_NEAR(weights[6] - weights[7], std::log(2), 1e-3);
  EXPECT_NEAR(weights[7] - weights[8], 0, 1e-3);
  EXPECT_NEAR(regression.loss(weights.data(), 1e-4, gradient.data()), 1.5 * std::log(2), 1e-6);
}

TEST(Softmax, FitEndsWhereLongGradientDescentEnds) {
  const Samples samples = overlapping_classes(40, 5, 3);
  const Matrix<double> expected = naive_optimum(samples, 3, 0.01);
  for (const Form& form : forms) {
    const Features features = (samples.*form.of)();
    const Team team(1);
    SoftmaxRegression regression(best_kernels(), features, samples.labels, 3, team);
    std::vector<double> weights(regression.n_weights());
    const auto fit = regression.fit(weights, 0.01, 1e-6, never_stop);
    EXPECT_LT(fit.gradient_norm, 1e-5) << form.name;
    for (Eigen::Index i = 0; i < expected.size() - 3; ++i)
      EXPECT_NEAR(weights[static_cast<std::size_t>(i)], expected.data()[i], 2e-4) << form.name << " " << i;
    const auto biases = weights.end() - 3;  // of which only differences matter
    EXPECT_NEAR(biases[0] - biases[1], expected(5, 0) - expected(5, 1), 2e-4) << form.name;
  }
}

TEST(Softmax, SparseAndDenseFeaturesAreClassifiedAlike) {
  const Samples samples = overlapping_classes(400, 23, 4);
  std::vector<std::int32_t> found[2];
  for (int form = 0; form < 2; ++form) {
    const Features features = (samples.*forms[form].of)();
    const Team team(2);
    SoftmaxRegression regression(best_kernels(), features, samples.labels, 4, team);
    std::vector<double> weights(regression.n_weights());
    regression.fit(weights, 1e-3, 1e-6, never_stop);
    found[form] = regression.classify(features, weights);
  }
  EXPECT_EQ(found[0], found[1]);
}

TEST(Softmax, ClassifiesFeaturesOfAnotherFormThanThoseFittedOn) {
  const Samples samples = overlapping_classes(700, 23, 4);  // more than one block
  Features dense = samples.dense();
  const Features sparse = samples.sparse();
  std::vector<std::uint32_t> all(700);
  std::iota(all.begin(), all.end(), 0u);
  dense.chosen = all;
  const Team team(2);
  SoftmaxRegression regression(best_kernels(), sparse, samples.labels, 4, team);
  std::vector<double> weights(regression.n_weights());
  regression.fit(weights, 1e-3, 1e-4, never_stop);
  EXPECT_EQ(regression.classify(dense, weights), regression.classify(sparse, weights));
}

TEST(Softmax, ClassifiesByTheLargestLogit) {
  const Samples samples{Matrix<double>{{1, 0}, {0, 1}, {0, 0}}, {0, 1, 2}};
  const std::vector<double> weights{5, 0, 0,   //
                                    0, 5, 0,   //
                                    0, 0, 1};  // biases
  for (const Form& form : forms) {
    const Features features = (samples.*form.of)();
    const Team team(1);
    SoftmaxRegression regression(best_kernels(), features, samples.labels, 3, team);
    EXPECT_THAT(regression.classify(features, weights), testing::ElementsAre(0, 1, 2)) << form.name;
  }
}

TEST(Softmax, FitStopsWhenAsked) {
  const Samples samples = overlapping_classes(40, 5, 3);
  const Features features = samples.dense();
  const Team team(1);
  SoftmaxRegression regression(best_kernels(), features, samples.labels, 3, team);
  std::vector<double> weights(regression.n_weights());
  int calls = 0;
  EXPECT_THROW(regression.fit(weights, 1e-4, 1e-9, [&] { return ++calls < 3; }), Interrupted);
  EXPECT_EQ(calls, 3);
}

TEST(SoftmaxKernel, RowsSumToOneEvenForHugeLogits) {
  for (const std::string& isa : all_isas()) {
    AlignedFloats rows(2 * lanes);
    for (int c = 0; c < 3; ++c) {
      rows[c] = static_cast<float>(c);
      rows[lanes + c] = 1e4f * static_cast<float>(c);
    }
    kernels_for(isa).softmax(rows.data(), 2, lanes, 3);
    for (int row = 0; row < 2; ++row) {
      const float* p = rows.data() + row * lanes;
      EXPECT_NEAR(p[0] + p[1] + p[2], 1, 1e-6) << isa;
      EXPECT_EQ(p[3], 0) << isa;
      EXPECT_TRUE(std::isfinite(std::log(p[0]))) << isa;
    }
    EXPECT_NEAR(rows[2], std::exp(2) / (1 + std::exp(1) + std::exp(2)), 1e-6) << isa;
  }
}

}  // namespace
}  // namespace ksweep
