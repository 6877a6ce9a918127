#pragma once

#include "base/keep_going.h"
#include "train/archive.h"
#include "train/layer_training.h"

namespace ksweep {

/// Computes and updates the shifted targets of a training (Trial::targets).
class Shifting {
 public:
  /// The training must outlive the object.
  explicit Shifting(Training& training);

  /// Returns the targets, or null if inputs are reconstructed.  (Clusters are known only after the first
  /// epoch.)
  const ShiftedTargets* targets() const { return targets_.means.empty() ? nullptr : &targets_; }

  /// Clusters the codes again if the targets are based on clusters.  Throws Interrupted.
  void after_epoch(int epoch, const KeepGoing& keep_going);

  /// Transfers the clusters, if there are any.
  void transfer(Archive& archive);

 private:
  void group(std::span<const std::int32_t> group_of_sample, int n_groups);
  std::int32_t nearest_other(const float* sample, std::int32_t own, std::span<const double> counts) const;

  Training& t_;
  ShiftedTargets targets_;
};

}  // namespace ksweep
