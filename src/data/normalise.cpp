#include "data/normalise.h"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <iterator>
#include <vector>

#include "base/errors.h"
#include "base/omp_guard.h"
#include "base/rounding.h"

namespace ksweep {
namespace {

constexpr double contrast_floor = 10.0 / (255.0 * 255.0);  // added to the variance
constexpr double zca_floor = 0.1;                          // added to the eigenvalues

/// Calls change(row) for each sample, row: (n_inputs).
template <class Change>
void for_each_sample(std::vector<float>& samples, std::size_t n_inputs, Change&& change) {
  const std::size_t count = samples.size() / n_inputs;
  OmpGuard guard;
#pragma omp parallel for schedule(static)
  for (std::size_t row = 0; row < count; ++row) guard.run([&] { change(samples.data() + row * n_inputs); });
  guard.rethrow();
}

template <class Change>
void for_each_sample(SampleStorage& samples, std::size_t n_inputs, Change&& change) {
  for_each_sample(samples.train, n_inputs, change);
  for_each_sample(samples.test, n_inputs, change);
}

Vector<double> mean_of(const MatrixView<float>& rows) {
  Vector<double> mean = Vector<double>::Zero(rows.cols());
  for (Eigen::Index row = 0; row < rows.rows(); ++row) mean += rows.row(row).transpose().cast<double>();
  return mean / static_cast<double>(rows.rows());
}

Vector<double> deviation_of(const MatrixView<float>& rows, const Vector<double>& mean) {
  Vector<double> variance = Vector<double>::Zero(mean.size());
  for (Eigen::Index row = 0; row < rows.rows(); ++row)
    variance.array() += (rows.row(row).transpose().cast<double>() - mean).array().square();
  return (variance / static_cast<double>(rows.rows())).cwiseSqrt();
}

/// Returns the lower median of the positive deviations; 0 if there is none.
double typical(const Vector<double>& deviation) {
  std::vector<double> above;
  std::ranges::copy_if(deviation, std::back_inserter(above), [](double d) { return d > 0; });
  if (above.empty()) return 0;
  const auto middle = above.begin() + static_cast<std::ptrdiff_t>((above.size() - 1) / 2);
  std::ranges::nth_element(above, middle);
  return *middle;
}

Vector<float> largest_magnitude_of(const MatrixView<float>& rows) {
  Vector<float> largest = Vector<float>::Zero(rows.cols());
  for (Eigen::Index row = 0; row < rows.rows(); ++row)
    largest = largest.cwiseMax(rows.row(row).transpose().cwiseAbs());
  return largest;
}

/// Returns 1 / deviation, or 0 for inputs whose deviation may be rounding of a constant.
Vector<float> factor_of(const MatrixView<float>& rows, const Vector<double>& deviation) {
  const Vector<float> largest = largest_magnitude_of(rows);
  const double usual = typical(deviation);
  Vector<float> factor(deviation.size());
  for (Eigen::Index i = 0; i < factor.size(); ++i) {
    const double size = std::max(static_cast<double>(largest[i]), usual);
    factor[i] = may_be_constant(deviation[i], size) ? 0 : static_cast<float>(1 / deviation[i]);
  }
  return factor;
}

void standardise(const MatrixView<float>& statistics, SampleStorage& samples) {
  const Vector<double> mean = mean_of(statistics);
  const Vector<float> shift = mean.cast<float>();
  const Vector<float> factor = factor_of(statistics, deviation_of(statistics, mean));
  for_each_sample(samples, static_cast<std::size_t>(mean.size()), [&](float* row) {
    for (Eigen::Index i = 0; i < shift.size(); ++i) row[i] = (row[i] - shift[i]) * factor[i];
  });
}

void centre_and_scale(std::size_t n_rows, int n_inputs, SampleStorage& samples) {
  const CentreAndScale found = centre_and_scale_of(samples.train.data(), n_rows, n_inputs);
  samples.mean = found.mean;
  samples.factor = found.factor;
  for_each_sample(samples, samples.mean.size(), [&](float* row) {
    for (std::size_t i = 0; i < samples.mean.size(); ++i)
      row[i] = (row[i] - samples.mean[i]) * samples.factor;
  });
}

void normalise_contrast(float* row, std::size_t n_inputs) {
  double sum = 0, squares = 0;
  for (std::size_t i = 0; i < n_inputs; ++i) sum += static_cast<double>(row[i]);
  const double mean = sum / static_cast<double>(n_inputs);
  for (std::size_t i = 0; i < n_inputs; ++i) squares += std::pow(static_cast<double>(row[i]) - mean, 2);
  const double factor = 1 / std::sqrt(squares / static_cast<double>(n_inputs) + contrast_floor);
  for (std::size_t i = 0; i < n_inputs; ++i)
    row[i] = static_cast<float>((static_cast<double>(row[i]) - mean) * factor);
}

/// Returns the covariances of the inputs.  Each thread sums its own rows in the order of the samples.
Matrix<double> covariance_of(const MatrixView<float>& rows, const Vector<double>& mean) {
  const Matrix<double> centred = rows.cast<double>().rowwise() - mean.transpose();
  Matrix<double> covariance = Matrix<double>::Zero(rows.cols(), rows.cols());
  OmpGuard guard;
#pragma omp parallel for schedule(dynamic, 8)
  for (Eigen::Index i = 0; i < rows.cols(); ++i)
    guard.run([&] {
      for (Eigen::Index row = 0; row < rows.rows(); ++row)
        covariance.row(i).tail(rows.cols() - i) += centred(row, i) * centred.row(row).tail(rows.cols() - i);
    });
  guard.rethrow();
  covariance /= static_cast<double>(rows.rows());
  covariance.triangularView<Eigen::StrictlyLower>() = covariance.transpose();
  return covariance;
}

/// Eigen blocks its products by the machine's cache sizes.  While such an object lives, the block sizes are
/// the same on every machine, so that sums have one order and the content hash has one value.
class FixedBlockSizes {
 public:
  FixedBlockSizes() { Eigen::setCpuCacheSizes(32 << 10, 1 << 20, 8 << 20); }
  ~FixedBlockSizes() { Eigen::setCpuCacheSizes(l1_, l2_, l3_); }
  FixedBlockSizes(const FixedBlockSizes&) = delete;
  FixedBlockSizes& operator=(const FixedBlockSizes&) = delete;

 private:
  std::ptrdiff_t l1_ = Eigen::l1CacheSize(), l2_ = Eigen::l2CacheSize(), l3_ = Eigen::l3CacheSize();
};

/// Returns V (D + zca_floor)^-1/2 V', which is symmetric.
Matrix<double> zca_of(const Matrix<double>& covariance) {
  const FixedBlockSizes fixed;
  const Eigen::SelfAdjointEigenSolver<Matrix<double>> solver(covariance);
  const Vector<double> scale = (solver.eigenvalues().array().max(0.0) + zca_floor).rsqrt();
  return solver.eigenvectors() * scale.asDiagonal() * solver.eigenvectors().transpose();
}

/// Sums products in a fixed order: a library's order would depend on the machine's caches, and so would the
/// content hash.
void whiten(const MatrixView<float>& statistics, SampleStorage& samples) {
  const Vector<double> mean = mean_of(statistics);
  const Matrix<float> zca = zca_of(covariance_of(statistics, mean)).cast<float>();
  const Vector<float> shift = mean.cast<float>();
  for_each_sample(samples, static_cast<std::size_t>(mean.size()), [&](float* row) {
    Vector<float> white = Vector<float>::Zero(shift.size());
    for (Eigen::Index i = 0; i < shift.size(); ++i) white += (row[i] - shift[i]) * zca.row(i).transpose();
    std::ranges::copy(white, row);
  });
}

}  // namespace

CentreAndScale centre_and_scale_of(const SampleRows& rows, std::size_t n_rows, int n_inputs) {
  const auto width = static_cast<std::size_t>(n_inputs);
  std::vector<float> buffer(width);
  const auto row = [&](std::size_t i) {
    return rows.row(static_cast<std::uint32_t>(i), n_inputs, buffer.data());
  };
  std::vector<double> sums(width);
  for (std::size_t i = 0; i < n_rows; ++i) {
    const float* const numbers = row(i);
    for (std::size_t c = 0; c < width; ++c) sums[c] += static_cast<double>(numbers[c]);
  }
  CentreAndScale found;
  for (const double sum : sums) found.mean.push_back(static_cast<float>(sum / static_cast<double>(n_rows)));
  double distances = 0;
  for (std::size_t i = 0; i < n_rows; ++i) {
    const float* const numbers = row(i);
    double squares = 0;
    for (std::size_t c = 0; c < width; ++c) {
      const double difference = static_cast<double>(numbers[c]) - static_cast<double>(found.mean[c]);
      squares += difference * difference;
    }
    distances += std::sqrt(squares);
  }
  if (!(distances > 0))
    throw UserError(
        "data.normalise = scale: all training samples are equal, so that no factor gives them a length. Give other "
        "samples.");
  found.factor =
      static_cast<float>(std::sqrt(static_cast<double>(width)) / (distances / static_cast<double>(n_rows)));
  return found;
}

void normalise(Normalise how, int n_inputs, std::size_t n_rows, SampleStorage& samples) {
  if (how == Normalise::none) return;
  if (how == Normalise::whiten) n_rows = std::min(n_rows, n_statistics);
  const MatrixView<float> statistics(samples.train.data(), static_cast<Eigen::Index>(n_rows), n_inputs);
  if (how == Normalise::standardise) return standardise(statistics, samples);
  if (how == Normalise::scale) return centre_and_scale(n_rows, n_inputs, samples);
  const auto width = static_cast<std::size_t>(n_inputs);
  for_each_sample(samples, width, [&](float* row) { normalise_contrast(row, width); });
  if (how == Normalise::whiten) whiten(statistics, samples);
}

}  // namespace ksweep
