#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "kernels/aligned.h"
#include "kernels/kernels.h"
#include "kernels/screening.h"
#include "model/loaded_samples.h"
#include "model/network.h"
#include "model/parallel_slices.h"

namespace ksweep {

/// What the pre-activation of a unit is made of.
struct EncoderInputs {
  const Network& network;
  const float* row_start;  ///< (unit) what its sum starts from
  const float* centre;     ///< what row_start subtracts from the inputs (Screening), or null
};

/// Pre-activations of slices of hidden units for groups of samples, which stay in the cache: in float32, or first in bf16 with bounds
/// (kernels/screening.h) and then in float32 for the few units that matter.
class SliceProducts {
 public:
  static constexpr int widest_slice = 4 * slice_size;    // units whose weights stay in the cache
  static constexpr int settled_slice = 10 * slice_size;  // the same while all samples are settled
  static constexpr int groups_at_once = 4;

  /// Memory of one thread.
  struct Scratch {
    AlignedFloats z, pairs, start;  // z: pre-activations of a slice, by group, unit, and lane
    AlignedArray<UnitBound> bounds;
    std::vector<std::int32_t> place;  // (unit of a slice) its row of z once it is settled, or -1
    std::vector<const float*> rows;
  };

  /// The kernels must outlive the object.
  SliceProducts(const Kernels& kernels, const Network& network, int capacity)
      : kernels_(kernels), stride_(network.stride), capacity_(capacity) {}

  /// Begins with the first n_samples loaded samples; `screens`: in bf16.
  void begin(const LoadedSamples& samples, int n_samples, bool screens);

  /// Makes room in the scratch; to be called by each thread before the next.
  void prepare(Scratch& scratch) const;

  /// Rounds the samples of a group, if bf16 is used.
  void round_samples(int group, const float* centre, Scratch& scratch);

  /// Rounds the weights of a slice, if bf16 is used.
  void take_units(const EncoderInputs& encoder, Range units, Scratch& scratch) const;

  /// Computes the pre-activations of the slice that was taken for some groups.  In bf16 they lack the bias.
  void multiply(const EncoderInputs& encoder, Range units, Range groups, Scratch& scratch) const;

  /// Computes those of one group in float32.
  void multiply_in_float32(const EncoderInputs& encoder, Range units, Range groups, Scratch& scratch) const;

  /// Settles units of a slice for a group: forget() all, mark() some, settle(), then ask for their values.
  static void forget(Range units, Scratch& scratch) { std::fill_n(scratch.place.begin(), units.count(), -1); }
  static void mark(int unit_of_slice, Scratch& scratch) {
    scratch.place[static_cast<std::size_t>(unit_of_slice)] = 0;
  }
  void settle(const EncoderInputs& encoder, Range units, int group, Scratch& scratch) const;
  static float settled(int unit_of_slice, int lane, const Scratch& scratch) {
    return scratch.z[static_cast<std::size_t>(
        std::ptrdiff_t{scratch.place[static_cast<std::size_t>(unit_of_slice)]} * lanes + lane)];
  }

  /// Returns where the pre-activations of a group are, `group` counted from the first that was multiplied.
  static float* z_of(Range units, int group, Scratch& scratch) {
    return scratch.z.data() + group * std::ptrdiff_t{padded(units.count())} * lanes;
  }

  bool screens() const { return screens_; }
  int n_samples() const { return n_samples_; }
  int n_groups() const { return padded(n_samples_) / lanes; }
  int lanes_of(int group) const { return std::min(lanes, n_samples_ - group * lanes); }
  const SampleBounds& bounds_of(int group) const { return bounds_[static_cast<std::size_t>(group)]; }

 private:
  const float* packed(int group) const {
    return samples_->packed() + std::ptrdiff_t{group} * lanes * stride_;
  }

  const Kernels& kernels_;
  int stride_, capacity_;
  const LoadedSamples* samples_ = nullptr;
  int n_samples_ = 0;
  bool screens_ = false;
  AlignedFloats pairs_;                // (groups x pairs x lanes)
  AlignedArray<SampleBounds> bounds_;  // (group)
};

/// Enlarges an array, whose contents are lost; new numbers are zero.
template <class T>
void make_room(AlignedArray<T>& array, std::size_t size) {
  if (array.size() < size) array = AlignedArray<T>(size);
}

}  // namespace ksweep
