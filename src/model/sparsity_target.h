#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "model/penalty.h"

namespace ksweep {

/// Draws the mean probability of each hidden unit of an RBM towards a target (Hinton 2010, A practical guide to training RBMs,
/// section 11; the aim is that of Lee, Ekanadham & Ng 2008).  The penalty is the cross entropy of the target p and a running
/// mean q of the unit's probability given the data, q = decay q + (1 - decay) mean over the mini-batch, which begins at the
/// mean of the first one.  Its slope by the unit's total input counts as weight (q - p), the same for every sample; this moves the
/// bias and, times the inputs, the weights.
class SparsityTarget {
 public:
  /// Without Penalty::kl there is no target, and slopes() is empty.
  SparsityTarget(const PenaltyRule& rule, double decay, int n_units);

  /// Takes in a mini-batch, the one of this number from 0.  sums: (unit) probabilities given the data, over n_samples.
  void add(std::span<const double> sums, int n_samples, std::int64_t step);

  /// Returns the slope by each unit's total input.
  std::span<const float> slopes() const { return slopes_; }

  /// The running means: with the rule, all of the state.
  std::span<double> means() { return means_; }

 private:
  PenaltyRule rule_;
  double decay_;
  std::vector<double> means_;
  std::vector<float> slopes_;
};

}  // namespace ksweep
