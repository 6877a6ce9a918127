#pragma once

#include <vector>

#include "base/team.h"
#include "kernels/aligned.h"
#include "probe/features.h"

namespace ksweep {

/// A change of variables in which the rows of weights of a softmax regression are nearly uncorrelated, so that a
/// quasi-Newton method needs about a third of the steps:  weights = M^T steps,  M = inverse of L,
///   L L^T = mean over samples of (s f, 1)(s f, 1)^T + I / (n_features + 1),
/// from every so many-th sample, in groups of at most 1024 features, between which correlations stay as they are.
/// The bound of the softmax's Hessian by this matrix: Bohning 1992, Ann. Inst. Statist. Math. 44, 197.
class Whitening {
 public:
  /// scale: the factor s of the features.  `team` must outlive the object.
  Whitening(const Kernels& kernels, const Features& features, double scale, const Team& team);

  /// All matrices: (n_features + 1 x n_columns), the last row that of the biases, n_columns a multiple of `lanes`.
  void to_weights(const float* steps, int n_columns, float* weights) const;
  /// A gradient by weights becomes one by steps.
  void to_steps(const float* gradient, int n_columns, float* steps) const;

 private:
  struct Group {
    int begin, size, stride;
    AlignedFloats inverse;  // M, lower triangle: (size x stride)
  };
  void correlate(const Features& features, float scale, Group& group) const;
  void add_products(const AlignedFloats& rows, int n_rows, Group& group) const;
  void invert(Group& group) const;
  void apply(bool transposed, const float* from, int n_columns, float* to) const;

  const Kernels& kernels_;
  const Team& team_;
  std::vector<Group> groups_;
};

}  // namespace ksweep
