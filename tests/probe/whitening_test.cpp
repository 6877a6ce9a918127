#include "probe/whitening.h"

#include <gtest/gtest.h>

#include <Eigen/Dense>

#include "kernels/isa.h"
#include "sample_features.h"

namespace ksweep {
namespace {

/// M^T, column after column from what becomes of the unit vectors.
Matrix<double> transposed_inverse(const Features& features, double scale, int n_threads = 1) {
  const Team team(n_threads);
  const Whitening whitening(best_kernels(), features, scale, team);
  const int n_rows = features.n_features + 1, n_columns = padded(n_rows);
  AlignedFloats unit(static_cast<std::size_t>(n_rows) * n_columns), out(unit.size());
  for (int i = 0; i < n_rows; ++i) unit[std::ptrdiff_t{i} * n_columns + i] = 1;
  whitening.to_weights(unit.data(), n_columns, out.data());
  return MatrixView<float>(out.data(), n_rows, n_columns).leftCols(n_rows).cast<double>();
}

Matrix<double> naive_correlations(const Samples& samples, double scale) {
  Matrix<double> rows = Matrix<double>::Ones(samples.rows.rows(), samples.rows.cols() + 1);
  rows.leftCols(samples.rows.cols()) = scale * samples.rows;
  Matrix<double> result = rows.transpose() * rows / static_cast<double>(rows.rows());
  result.diagonal().array() += 1.0 / static_cast<double>(rows.cols());
  return result;
}

TEST(Whitening, LeavesNoCorrelationsBetweenFeatures) {
  const Samples samples = overlapping_classes(300, 101, 3);  // three blocks of rows, the last one ragged
  const Matrix<double> correlations = naive_correlations(samples, 0.1);
  for (const Features& features : {samples.dense(), samples.sparse()}) {
    const Matrix<double> inverse = transposed_inverse(features, 0.1, 2);
    const Matrix<double> left = inverse.transpose() * correlations * inverse;
    EXPECT_LT((left - Matrix<double>::Identity(102, 102)).cwiseAbs().maxCoeff(), 1e-4);
  }
}

TEST(Whitening, TreatsManyFeaturesInGroups) {
  const Samples samples = overlapping_classes(20, 1500, 3);
  const Matrix<double> inverse = transposed_inverse(samples.sparse(), 0.1);
  const Matrix<double> correlations = naive_correlations(samples, 0.1);
  for (const auto& [begin, size] : {std::pair{0, 750}, std::pair{750, 751}}) {
    const Matrix<double> part = inverse.block(begin, begin, size, size);
    const Matrix<double> left = part.transpose() * correlations.block(begin, begin, size, size) * part;
    EXPECT_LT((left - Matrix<double>::Identity(size, size)).cwiseAbs().maxCoeff(), 1e-3);
  }
  EXPECT_TRUE(inverse.topRightCorner(750, 751).isZero(0));
}

TEST(Whitening, OfAGradientIsTheTransposedMap) {
  const Samples samples = overlapping_classes(100, 70, 3);
  const Team team(1);
  const Whitening whitening(best_kernels(), samples.sparse(), 0.3, team);
  const Matrix<double> inverse = transposed_inverse(samples.sparse(), 0.3).transpose();
  AlignedFloats gradient(71 * lanes), steps(71 * lanes);
  for (int i = 0; i < 71 * lanes; ++i) gradient[i] = static_cast<float>(i % 7 - 3);
  whitening.to_steps(gradient.data(), lanes, steps.data());
  const Matrix<double> expected = inverse * MatrixView<float>(gradient.data(), 71, lanes).cast<double>();
  EXPECT_LT((expected - MatrixView<float>(steps.data(), 71, lanes).cast<double>()).cwiseAbs().maxCoeff(),
            1e-4);
}

TEST(Whitening, HasTheSameBitsOnAnyNumberOfThreads) {
  const Samples samples = overlapping_classes(300, 120, 3);
  const Matrix<double> alone = transposed_inverse(samples.sparse(), 1, 1);
  EXPECT_TRUE(alone == transposed_inverse(samples.sparse(), 1, 3));
}

}  // namespace
}  // namespace ksweep
