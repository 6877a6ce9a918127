#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

#include "kernels/isa.h"
#include "probe/probe.h"
#include "sample_features.h"

namespace ksweep {
namespace {

ProbeResult probed(const Samples& train, const Samples& test, int n_classes, int units, bool dense = false) {
  const ProbeSettings settings{
      .team = one_thread, .n_classes = n_classes, .kind = ProbeKind::sparse, .units = units};
  const Features of_train = dense ? train.dense() : train.sparse(),
                 of_test = dense ? test.dense() : test.sparse();
  return probe(best_kernels(), {of_train, train.labels}, {of_test, test.labels}, {of_test, test.labels},
               settings, [] { return true; });
}

Vector<double> is_of(const Samples& samples, int label) {
  Vector<double> is_of(samples.rows.rows());
  for (Eigen::Index i = 0; i < is_of.size(); ++i)
    is_of(i) = samples.labels[static_cast<std::size_t>(i)] == label;
  return is_of;
}

/// The features whose class means differ most, the largest difference first.
std::vector<int> naive_units(const Samples& samples, int label, int n_units) {
  const Vector<double> own = is_of(samples, label), rest = 1 - own.array();
  const Vector<double> difference =
      (samples.rows.transpose() * own / own.sum() - samples.rows.transpose() * rest / rest.sum()).cwiseAbs();
  std::vector<int> units(static_cast<std::size_t>(difference.size()));
  std::iota(units.begin(), units.end(), 0);
  std::ranges::stable_sort(units, [&](int a, int b) { return difference(a) > difference(b); });
  units.resize(static_cast<std::size_t>(n_units));
  return units;
}

Matrix<double> with_bias(const Samples& samples, const std::vector<int>& units) {
  Matrix<double> rows =
      Matrix<double>::Ones(samples.rows.rows(), static_cast<Eigen::Index>(units.size()) + 1);
  for (std::size_t i = 0; i < units.size(); ++i)
    rows.col(static_cast<Eigen::Index>(i)) = samples.rows.col(units[i]);
  return rows;
}

/// Logistic regression by Newton's method: minimises the sum of losses + |w|^2 / 2, without the bias.
Vector<double> naive_logistic_regression(const Matrix<double>& rows, const Vector<double>& is_of) {
  Vector<double> weights = Vector<double>::Zero(rows.cols()), penalty = Vector<double>::Ones(rows.cols());
  penalty(rows.cols() - 1) = 0;
  for (int step = 0; step < 50; ++step) {
    const Vector<double> p = (1 + (-rows * weights).array().exp()).inverse();
    const Vector<double> gradient = rows.transpose() * (p - is_of) + penalty.cwiseProduct(weights);
    const Vector<double> curvature = p.array() * (1 - p.array());
    Matrix<double> hessian = rows.transpose() * curvature.asDiagonal() * rows;
    hessian.diagonal() += penalty;
    weights -= hessian.ldlt().solve(gradient);
  }
  return weights;
}

/// The share of `test` that the detector of a class tells right.
double naive_accuracy(const Samples& train, const Samples& test, int label, int n_units) {
  const std::vector<int> units = naive_units(train, label, n_units);
  const Vector<double> weights = naive_logistic_regression(with_bias(train, units), is_of(train, label));
  const Vector<double> logits = with_bias(test, units) * weights, truth = is_of(test, label);
  return ((logits.array() > 0) == (truth.array() > 0.5)).cast<double>().mean();
}

TEST(SparseProbe, AgreesWithNewtonsMethodInDouble) {
  const Samples train = overlapping_classes(200, 20, 4, 1), test = overlapping_classes(400, 20, 4, 2);
  for (const int units : {1, 2, 5, 20}) {
    const ProbeResult found = probed(train, test, 4, units);
    double sum = 0;
    for (int label = 0; label < 4; ++label) {
      const double expected = naive_accuracy(train, test, label, units);
      EXPECT_DOUBLE_EQ(found.test.per_class[static_cast<std::size_t>(label)], expected)
          << units << " " << label;
      sum += expected;
    }
    EXPECT_DOUBLE_EQ(found.test.overall, sum / 4);
    EXPECT_EQ(found.validation.overall, found.test.overall);
    EXPECT_TRUE(found.test.confusion.empty());
  }
}

TEST(SparseProbe, OfDenseFeaturesIsThatOfSparseOnes) {
  const Samples train = overlapping_classes(700, 20, 4, 1),
                test = overlapping_classes(600, 20, 4, 2);  // two blocks
  EXPECT_EQ(probed(train, test, 4, 3).test.per_class, probed(train, test, 4, 3, true).test.per_class);
}

TEST(SparseProbe, UsesAsManyUnitsAsThereAre) {
  const Samples samples = overlapping_classes(100, 6, 3, 1);
  EXPECT_EQ(probed(samples, samples, 3, 6).test.overall, probed(samples, samples, 3, 1000).test.overall);
}

TEST(SparseProbe, PenalisesLargeWeights) {
  // Separable: without a penalty weights would grow until the two samples of class 1 at 0.5 are told.
  Samples train{Matrix<double>::Zero(200, 1), std::vector<std::int32_t>(200)};
  for (int i = 0; i < 2; ++i) train.rows(i, 0) = 0.5, train.labels[static_cast<std::size_t>(i)] = 1;
  EXPECT_EQ(probed(train, train, 2, 1).train.per_class[1], 0.99);
}

TEST(SparseProbe, LeavesOutClassesWithoutSamplesToLearnFrom) {
  Samples samples = overlapping_classes(100, 6, 2, 1);
  const ProbeResult of_two = probed(samples, samples, 2, 2), of_three = probed(samples, samples, 3, 2);
  EXPECT_TRUE(std::isnan(of_three.test.per_class[2]));
  EXPECT_EQ(of_three.test.overall, of_two.test.overall);
}

}  // namespace
}  // namespace ksweep
