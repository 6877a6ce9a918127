#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/team.h"
#include "kernels/aligned.h"
#include "probe/features.h"
#include "probe/whitening.h"

namespace ksweep {

/// Softmax regression on fixed features.
///   loss(V) = mean over samples of -log p(label) + l2 / 2 |V without biases|^2,  p = softmax(V^T (s f, 1)),
/// where s = 1 / root mean square length of the features, so that one l2 means the same for every set of features.
class SoftmaxRegression {
 public:
  /// `labels`: (n_samples), 0 .. n_classes - 1.  Features, labels and team must outlive the object.
  SoftmaxRegression(const Kernels& kernels, const Features& features, std::span<const std::int32_t> labels,
                    int n_classes, const Team& team);

  /// Returns the number of weights: (n_features + 1) rows of n_classes; the last row holds the biases.
  std::size_t n_weights() const {
    return static_cast<std::size_t>(n_features_ + 1) * static_cast<std::size_t>(n_classes_);
  }

  /// Returns the loss at `weights` and sets its gradient.  Sums in a fixed number of slices, so that bits do
  /// not depend on threads.
  double loss(const double* weights, double l2, double* gradient);

  struct Fit {
    int iterations = 0;
    double gradient_norm = 0;  ///< |gradient| / max(1, |weights|) at the end
  };
  /// Minimises by limited-memory BFGS (Liu & Nocedal 1989; libLBFGS) in whitened variables, starting at
  /// `weights`, until gradient_norm < tolerance.  Throws Interrupted.
  Fit fit(std::vector<double>& weights, double l2, double tolerance, const KeepGoing& keep_going);

  /// Returns the class with the largest logit for each sample of `features`, which must have the same width
  /// and scale as those in the fit.
  std::vector<std::int32_t> classify(const Features& features, const std::vector<double>& weights);

 private:
  /// Scratch of one thread.  Allocated in advance, since nothing may throw in a parallel region.
  struct Scratch {
    AlignedFloats rows;    // of a block of dense samples
    AlignedFloats logits;  // of a block of samples, then probabilities, then errors: (samples x n_columns)
    AlignedFloats sums;    // (n_columns)
  };

  /// Returns the number of threads to use and makes scratch for each.
  int n_threads(const Features& features);
  void set_weights(const double* weights);
  /// Computes scratch.logits; returns the block's rows if it is dense.
  const float* logits(const Features& features, std::size_t block, Scratch& scratch) const;
  /// Returns the loss of a block and replaces logits by errors (probability minus truth).
  double loss_of_block(std::size_t block, Scratch& scratch) const;
  void add_gradient(std::size_t block, const float* rows, Scratch& scratch, float* gradient) const;
  double loss_of_slice(std::size_t slice);
  class Problem;

  const Kernels& kernels_;
  const Features& features_;
  std::span<const std::int32_t> labels_;
  const Team& team_;
  int n_features_, n_classes_, n_columns_;
  double scale_;
  Whitening whitening_;
  AlignedFloats weights_;  // (n_features + 1 x n_columns), multiplied by scale_
  std::vector<Scratch> scratch_;
  std::vector<AlignedFloats> slice_gradient_;  // (slice)(n_features + 1 x n_columns)
};

}  // namespace ksweep
