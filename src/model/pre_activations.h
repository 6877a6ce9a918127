#pragma once

#include "kernels/aligned.h"
#include "kernels/kernels.h"

namespace ksweep {

/// The pre-activations of all hidden units for a mini-batch, which are replaced by the activations.  Nothing is stored before a
/// layout is chosen.  There are two layouts.  By unit: a row of samples for each unit, used if all activations are needed.  By group:
/// groups of `lanes` samples, with `lanes` numbers for each unit, used to search for the largest of each
/// sample, which then reads memory in order.
class PreActivations {
 public:
  PreActivations(int n_hidden, int capacity)
      : n_hidden_(n_hidden),
        size_(static_cast<std::size_t>(padded(capacity)) * static_cast<std::size_t>(padded(n_hidden))) {}

  void lay_out_by_unit(int n_samples) {
    begin(n_samples);
    unit_step_ = std::ptrdiff_t{n_groups()} * lanes;
    group_step_ = lanes;
  }

  void lay_out_by_group(int n_samples) {
    begin(n_samples);
    unit_step_ = lanes;
    group_step_ = std::ptrdiff_t{padded(n_hidden_)} * lanes;
  }

  int n_samples() const { return n_samples_; }
  int n_groups() const { return (n_samples_ + lanes - 1) / lanes; }
  std::size_t size() const { return size_; }

  /// Distances, in numbers, from one unit to the next of the same samples, and from one group of samples to
  /// the next of the same unit.
  std::ptrdiff_t unit_step() const { return unit_step_; }
  std::ptrdiff_t group_step() const { return group_step_; }

  /// Returns the unit's values for the first group of samples; by unit: for all samples.
  float* unit(int unit) { return values_.data() + unit * unit_step_; }
  const float* unit(int unit) const { return values_.data() + unit * unit_step_; }

  /// Returns the group's values for the first unit; by group: for all units.
  float* group(int group) { return values_.data() + group * group_step_; }

 private:
  void begin(int n_samples) {
    n_samples_ = n_samples;
    if (values_.empty()) values_ = AlignedFloats(size_);
  }

  int n_hidden_, n_samples_ = 0;
  std::size_t size_;
  std::ptrdiff_t unit_step_ = 0, group_step_ = 0;
  AlignedFloats values_;
};

}  // namespace ksweep
