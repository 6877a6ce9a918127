#include "measure/fvu.h"

#include <gtest/gtest.h>

#include <cmath>

#include "directions.h"

namespace ksweep {
namespace {

RowsView rows_of(const Matrix<float>& rows) { return {rows.data(), rows.cols()}; }

ReconstructionSums sums_of(const Matrix<float>& samples, const Matrix<float>& results,
                           Given given = Given::reconstruction, const Team& team = one_thread) {
  ReconstructionSums sums(static_cast<int>(samples.cols()));
  sums.add(static_cast<std::size_t>(samples.rows()), rows_of(samples), rows_of(results), given, team);
  return sums;
}

/// Samples with a mean far from zero.
Matrix<float> some_samples() { return some_directions(40, 7, 1).array() + 3; }

TEST(Fvu, IsTheErrorOverTheDistanceToTheVectorMean) {
  const Matrix<float> samples = some_samples(), results = samples + 0.3f * some_directions(40, 7, 2);
  const Matrix<double> x = samples.cast<double>(), y = results.cast<double>();
  const double spread = (x.rowwise() - x.colwise().mean()).squaredNorm();
  EXPECT_NEAR(sums_of(samples, results).fvu(), (x - y).squaredNorm() / spread, 1e-12);
}

TEST(Fvu, OfTheMeanIsOne) {
  const Matrix<float> samples = some_samples();
  const Matrix<double> x = samples.cast<double>();
  const Matrix<float> mean = x.colwise().mean().cast<float>().replicate(40, 1);
  EXPECT_NEAR(sums_of(samples, mean).fvu(), 1, 1e-7);
  EXPECT_EQ(sums_of(samples, samples).fvu(), 0);
}

TEST(Fvu, SeesAConstantError) {
  // The variance of x - x' would not (docs/measures.md).
  const Matrix<float> samples = some_samples(), results = samples.array() + 1;
  EXPECT_GT(sums_of(samples, results).fvu(), 0.05);
}

TEST(Fvu, OfErrorsIsThatOfReconstructions) {
  const Matrix<float> samples = some_samples(), errors = 0.25f * some_directions(40, 7, 2),
                      results = samples + errors;
  const auto of_errors = sums_of(samples, errors, Given::error), of_results = sums_of(samples, results);
  EXPECT_NEAR(of_errors.fvu(), of_results.fvu(), 1e-6);
  EXPECT_NEAR(of_errors.cosine(), of_results.cosine(), 1e-6);
  EXPECT_NEAR(of_errors.norm_ratio(), of_results.norm_ratio(), 1e-6);
}

TEST(Fvu, IsTheSameBitsForAnyMiniBatchesAndThreads) {
  const Matrix<float> samples = some_samples(), results = samples + some_directions(40, 7, 2);
  const auto whole = sums_of(samples, results, Given::reconstruction, three_threads);
  ReconstructionSums parts(7);
  for (int first = 0; first < 40; first += 16) {
    const Matrix<float> x = samples.middleRows(first, std::min(16, 40 - first)),
                        y = results.middleRows(first, std::min(16, 40 - first));
    parts.add(static_cast<std::size_t>(x.rows()), rows_of(x), rows_of(y), Given::reconstruction, one_thread);
  }
  EXPECT_EQ(parts.fvu(), whole.fvu());
  EXPECT_EQ(parts.cosine(), whole.cosine());
  EXPECT_EQ(parts.norm_ratio(), whole.norm_ratio());
}

TEST(Fvu, IsUndefinedForEqualSamples) {
  const Matrix<float> samples = Matrix<float>::Constant(5, 3, 0.1f);
  EXPECT_TRUE(std::isnan(sums_of(samples, 2 * samples).fvu()));
  EXPECT_TRUE(std::isnan(ReconstructionSums(3).fvu()));
}

TEST(Cosine, IsTheMeanOverSamplesWithADirection) {
  Matrix<float> samples(4, 2), results(4, 2);
  samples << 1, 0, 0, 2, 0, 0, 3, 0;
  results << 2, 0, 3, 3, 1, 1, 0,
      0;  // cosines 1, 1 / sqrt(2), left out, 0; ratios 2, 3 / sqrt(2), left out, 0
  const auto sums = sums_of(samples, results);
  EXPECT_DOUBLE_EQ(sums.cosine(), (1 + std::sqrt(0.5)) / 3);
  EXPECT_DOUBLE_EQ(sums.norm_ratio(), (2 + 3 * std::sqrt(0.5)) / 3);
  EXPECT_TRUE(std::isnan(sums_of(Matrix<float>::Zero(2, 2), results).cosine()));
}

}  // namespace
}  // namespace ksweep
