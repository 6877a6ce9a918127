#pragma once

#include "base/keep_going.h"
#include "train/archive.h"
#include "train/layer_training.h"

namespace ksweep {

/// Keeps the shifted targets of a training up to date (Trial::targets).
class Shifting {
 public:
  /// The training must outlive it.
  explicit Shifting(Training& training);

  /// What is to be reconstructed in place of the inputs; null: the inputs.  (Clusters are known only after the first epoch.)
  const ShiftedTargets* targets() const { return targets_.means.empty() ? nullptr : &targets_; }

  /// Clusters the codes anew if targets are those of clusters.
  void after_epoch(int epoch, const KeepGoing& keep_going);

  /// The clusters, if there are any.
  void transfer(Archive& archive);

 private:
  void group(std::span<const std::int32_t> group_of_sample, int n_groups);
  std::int32_t nearest_other(const float* sample, std::int32_t own, std::span<const double> counts) const;

  Training& t_;
  ShiftedTargets targets_;
};

}  // namespace ksweep
