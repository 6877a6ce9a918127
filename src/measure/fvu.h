#pragma once

#include <cstddef>
#include <vector>

#include "base/team.h"

namespace ksweep {

/// Rows of float numbers, `stride` apart.
struct RowsView {
  const float* numbers = nullptr;
  std::ptrdiff_t stride = 0;

  const float* row(std::size_t i) const { return numbers + static_cast<std::ptrdiff_t>(i) * stride; }
};

/// What is known of a sample: its reconstruction, or the reconstruction minus the sample.
enum class Given { reconstruction, error };

/// Sums over held-out samples x and their reconstructions x', added mini-batch by mini-batch, all in double.  Each sum
/// is taken over the samples in the order in which they are added, so that its bits depend on neither mini-batches nor
/// threads.
class ReconstructionSums {
 public:
  explicit ReconstructionSums(int n_inputs) : sum_(static_cast<std::size_t>(n_inputs)) {}

  /// Adds n samples, and for each its reconstruction or its error, n_inputs numbers each.
  void add(std::size_t n, const RowsView& samples, const RowsView& results, Given given, const Team& team);

  std::uint64_t n_samples() const { return n_samples_; }

  /// Returns the fraction of variance unexplained,  sum |x - x'|^2 / sum |x - m|^2,  where m is the vector mean of
  /// the samples added: 1 for a reconstruction that is always m, 0 for a perfect one.  The denominator is sum |x|^2 -
  /// |sum x|^2 / n.  NaN without samples, or if all are equal up to rounding.
  double fvu() const;

  /// Returns the mean over samples of the cosine of x and x'; 0 for x' = 0.  Samples x = 0 have no direction and are
  /// left out; NaN if none is left.
  double cosine() const;

  /// Returns the mean over samples of |x'| / |x|; below 1, reconstructions are shrunken.  Samples x = 0 are left out.
  double norm_ratio() const;

 private:
  struct OfSample {
    double error, square, result_square, product;  // |x - x'|^2, |x|^2, |x'|^2, x . x'
  };
  void add_vectors(std::size_t n, const RowsView& samples, const Team& team);

  std::vector<double> sum_;  // (input) sum of x
  std::vector<OfSample> of_sample_;
  std::uint64_t n_samples_ = 0, n_directed_ = 0;
  double error_ = 0, square_ = 0, cosine_ = 0, ratio_ = 0;
};

}  // namespace ksweep
