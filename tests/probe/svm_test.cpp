#include "probe/svm.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/errors.h"
#include "kernels/isa.h"
#include "sample_features.h"

namespace ksweep {
namespace {

bool never_stop() { return true; }

/// Samples with the features' scale and the constant feature of the bias.
Matrix<double> with_bias(const Samples& samples) {
  Matrix<double> x(samples.rows.rows(), samples.rows.cols() + 1);
  const double scale = 1 / std::sqrt(samples.rows.squaredNorm() / static_cast<double>(samples.rows.rows()));
  x.leftCols(samples.rows.cols()) = scale * samples.rows;
  x.rightCols(1).setOnes();
  return x;
}

Vector<double> signs(const Samples& samples, int own) {
  Vector<double> y(samples.rows.rows());
  for (Eigen::Index i = 0; i < y.size(); ++i)
    y(i) = samples.labels[static_cast<std::size_t>(i)] == own ? 1 : -1;
  return y;
}

/// Gradient of 1/2 |w|^2 + C sum of max(0, 1 - y w.x)^2.
Vector<double> naive_gradient(const Matrix<double>& x, const Vector<double>& y, double c,
                              const Vector<double>& w) {
  const Vector<double> slack = (1 - (y.array() * (x * w).array())).max(0);
  return w - 2 * c * (x.transpose() * (y.array() * slack.array()).matrix());
}

/// Where plain gradient descent ends after very many steps: (n_features + 1).
Vector<double> naive_optimum(const Samples& samples, int own, double c) {
  const Matrix<double> x = with_bias(samples);
  const Vector<double> y = signs(samples, own);
  Vector<double> w = Vector<double>::Zero(x.cols());
  const double step = 1 / (1 + 2 * c * x.squaredNorm());
  for (int i = 0; i < 200000; ++i) w -= step * naive_gradient(x, y, c, w);
  return w;
}

Matrix<double> fitted(const Features& features, const Samples& samples, int n_classes, double c,
                      const Team& team = one_thread, double tolerance = 1e-4) {
  LinearSvm svm(features, samples.labels, n_classes, 0, team);
  EXPECT_LE(svm.fit(c, tolerance, never_stop).violation, tolerance);
  const Columns weights = svm.weights();
  Matrix<double> found(features.n_features + 1, n_classes);
  for (int feature = 0; feature <= features.n_features; ++feature)
    for (int own = 0; own < n_classes; ++own)
      found(feature, own) = static_cast<double>(weights.at(feature, own));
  return found;
}

TEST(LinearSvm, EndsWhereLongGradientDescentEnds) {
  const Samples samples = overlapping_classes(40, 5, 3);
  const double scale = 1 / std::sqrt(samples.rows.squaredNorm() / 40.0);
  for (const Features& features : {samples.sparse(), samples.dense()}) {
    const Matrix<double> weights = fitted(features, samples, 3, 0.5);
    for (int own = 0; own < 3; ++own) {
      Vector<double> expected = naive_optimum(samples, own, 0.5);
      expected.head(5) *= scale;  // by unscaled feature
      EXPECT_LT((weights.col(own) - expected).cwiseAbs().maxCoeff(), 2e-4) << own << features.dense();
    }
  }
}

TEST(LinearSvm, OfManyClassesHasNoGradientLeftInAnyOfThem) {
  const Samples samples = overlapping_classes(150, 12, 11);  // more classes than are solved side by side
  const Matrix<double> x = with_bias(samples);
  const double scale = x(0, 1) / samples.rows(0, 1);
  Matrix<double> weights = fitted(samples.sparse(), samples, 11, 2);
  weights.topRows(12) /= scale;
  for (int own = 0; own < 11; ++own)
    EXPECT_LT(naive_gradient(x, signs(samples, own), 2, weights.col(own)).norm(), 5e-3) << own;
}

TEST(LinearSvm, OfClassesFarApartHasNoGradientLeftThoughMostSamplesWerePassedOver) {
  Samples samples = overlapping_classes(400, 12, 3);
  for (int i = 0; i < 400; ++i) samples.rows(i, samples.labels[static_cast<std::size_t>(i)]) += 2;
  const Matrix<double> x = with_bias(samples);
  Matrix<double> weights = fitted(samples.sparse(), samples, 3, 10, one_thread, 1e-3);
  weights.topRows(12) *= samples.rows(0, 1) / x(0, 1);
  for (int own = 0; own < 3; ++own) {
    const Vector<double> y = signs(samples, own);
    EXPECT_GT(((y.array() * (x * weights.col(own)).array()) > 1.1).count(), 100) << own;
    EXPECT_LT(naive_gradient(x, y, 10, weights.col(own)).norm(), 0.1) << own;
  }
}

TEST(LinearSvm, StartsFromTheFitBefore) {
  const Samples samples = overlapping_classes(200, 12, 3);
  const Features features = samples.sparse();
  LinearSvm fresh(features, samples.labels, 3, 0, one_thread),
      warm(features, samples.labels, 3, 0, one_thread);
  warm.fit(0.9, 1e-3, never_stop);
  EXPECT_LT(warm.fit(1, 1e-3, never_stop).passes, fresh.fit(1, 1e-3, never_stop).passes);
}

TEST(LinearSvm, HasTheSameBitsOnAnyNumberOfThreads) {
  const Samples samples = overlapping_classes(200, 12, 20);
  const Matrix<double> alone = fitted(samples.sparse(), samples, 20, 1, one_thread, 0.1);
  EXPECT_EQ(fitted(samples.sparse(), samples, 20, 1, three_threads, 0.1), alone);
}

TEST(LinearSvm, ClassifiesByTheLargestProduct) {
  const Samples samples{Matrix<double>{{1, 0}, {0, 1}, {0, 0}}, {0, 1, 2}};
  Columns weights(3, 3);
  weights.at(0, 0) = weights.at(1, 1) = 5;
  weights.at(2, 2) = 1;  // bias
  for (const Features& features : {samples.sparse(), samples.dense()})
    EXPECT_THAT(classify(best_kernels(), features, weights, 3, one_thread), testing::ElementsAre(0, 1, 2));
}

TEST(LinearSvm, StopsWhenAsked) {
  const Samples samples = overlapping_classes(50, 5, 3);
  const Features features = samples.sparse();
  LinearSvm svm(features, samples.labels, 3, 0, one_thread);
  EXPECT_THROW(svm.fit(1, 1e-9, [] { return false; }), Interrupted);
}

}  // namespace
}  // namespace ksweep
