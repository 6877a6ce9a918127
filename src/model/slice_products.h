#pragma once

#include <omp.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/omp_guard.h"
#include "core/code_search.h"
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

/// Enlarges an array, whose contents are lost; new numbers are zero.
template <class T>
void make_room(AlignedArray<T>& array, std::size_t size) {
  if (array.size() < size) array = AlignedArray<T>(size);
}

/// Pre-activations of slices of hidden units for groups of samples, which stay in the cache: in float32, or first in bf16 with bounds
/// (kernels/screening.h) and then in float32 for the few units that matter.
class SliceProducts {
 public:
  static constexpr int widest_slice = searched_slice;  // units that are visited at a time
  static constexpr int settled_slice =
      10 * slice_size;  // units that are settled at a time for all samples, at most

  /// The kernels must outlive the object.
  SliceProducts(const Kernels& kernels, const Network& network, int capacity)
      : kernels_(kernels), n_hidden_(network.n_hidden), stride_(network.stride), capacity_(capacity) {}

  /// Lets the next mini-batch that is screened have its units rounded ahead, if there is room for all of them.
  void start_rounding();
  /// Rounds some units after start_rounding(), while their new weights are in the cache.  Before begin(), all have to be rounded.
  void round_ahead(const Network& network, Range units) {
    if (rounds_ahead_) round_units(network, units);
  }

  /// Begins with the first n_samples loaded samples; `screens`: in bf16.
  void begin(const EncoderInputs& encoder, const LoadedSamples& samples, int n_samples, bool screens,
             int n_threads);

  /// Calls visit(units, group, z) for each slice of units and each group, in parallel: a group is always visited by the same thread,
  /// slices ascending; a thread visits all its groups, ascending, before the next slice.  z: (units x lanes), in bf16 without bias.
  template <class Visit>
  void visit(const EncoderInputs& encoder, const Visit& visit) {
    const int step = screens_ && !is_rounded_ ? rounded_at_once : n_hidden_;
    for (int first = 0; first < n_hidden_; first += step)
      visit_range(encoder, {first, std::min(first + step, n_hidden_)}, visit);
  }

  /// The same with pause() in between, on one thread: after the first slice, and whenever twice as many units have been visited, or
  /// often.
  template <class Visit, class Pause>
  void visit(const EncoderInputs& encoder, const Visit& visit, const Pause& pause) {
    for (int first = 0, end = 0; first < n_hidden_; first = end) {
      const int step = std::max(widest_slice, screens_ ? std::min(first, rounded_at_once) : first);
      end = std::min(first + step, n_hidden_);
      visit_range(encoder, {first, end}, visit);
      pause();
    }
  }

  /// Returns what list_possible() needs of a slice that is visited, and of a group.
  const UnitBound* bounds_of(Range units) const {
    return unit_bounds_.data() + (units.begin - first_rounded_);
  }
  const SampleBounds& bounds_of(int group) const { return sample_bounds_[static_cast<std::size_t>(group)]; }

  /// Calls visit(units, z) for each slice of units, with float32 pre-activations of one group.
  template <class Visit>
  void visit_in_float32(const EncoderInputs& encoder, int group, const Visit& visit);

  /// Computes some units in float32 for a group: forget() all of a slice, mark() some, settle(), then ask for their values.
  void forget() {
    auto& place = mine().place;
    std::ranges::fill(place, -1);
  }
  void mark(int unit_of_slice) { mine().place[static_cast<std::size_t>(unit_of_slice)] = 0; }
  void settle(const EncoderInputs& encoder, Range units, int group);
  float settled(int unit_of_slice, int lane) {
    const Scratch& scratch = mine();
    return scratch.z[static_cast<std::size_t>(
        std::ptrdiff_t{scratch.place[static_cast<std::size_t>(unit_of_slice)]} * lanes + lane)];
  }

  bool screens() const { return screens_; }
  int n_samples() const { return n_samples_; }
  int n_groups() const { return padded(n_samples_) / lanes; }
  int n_threads() const { return n_threads_; }
  int lanes_of(int group) const { return std::min(lanes, n_samples_ - group * lanes); }

 private:
  static constexpr int groups_at_once = 4;
  static constexpr int rounded_at_once = 8 * widest_slice;  // units, by all threads together

  /// Memory of one thread.
  struct Scratch {
    AlignedFloats z, start, rounded;  // z: (group x unit x lane) of a slice; rounded: samples of a group
    std::vector<std::int32_t> place;  // (unit of a slice) its row of z once it is settled, or -1
    std::vector<const float*> rows;
  };

  template <class Visit>
  void visit_range(const EncoderInputs& encoder, Range all_units, const Visit& visit);
  template <class Visit>
  void visit_groups(const EncoderInputs& encoder, Range all_units, const Visit& visit);
  Scratch& mine() { return scratch_[static_cast<std::size_t>(omp_get_thread_num())]; }
  void prepare(Scratch& scratch) const;
  void round_samples(const EncoderInputs& encoder, int group);
  void make_room_for_units();
  void round_units(const Network& network, Range units);
  void multiply(const EncoderInputs& encoder, Range units, Range groups, float* z) const;
  void multiply_in_float32(const EncoderInputs& encoder, Range units, Range groups, float* z) const;
  const float* packed(int group) const {
    return samples_->packed() + std::ptrdiff_t{group} * lanes * stride_;
  }
  static std::ptrdiff_t size_of_group(Range units) { return std::ptrdiff_t{padded(units.count())} * lanes; }
  Range slice_at(int begin, int end) const { return {begin, std::min(begin + widest_slice, end)}; }

  const Kernels& kernels_;
  int n_hidden_, stride_, capacity_;
  const LoadedSamples* samples_ = nullptr;
  int n_samples_ = 0, n_threads_ = 0, first_rounded_ = 0;
  bool screens_ = false, rounds_ahead_ = false, is_rounded_ = false;
  AlignedFloats sample_pairs_;  // (groups x pairs x lanes)
  AlignedArray<SampleBounds> sample_bounds_;
  AlignedFloats unit_pairs_;  // (rounded_at_once x pairs), of units from first_rounded_ on
  AlignedArray<UnitBound> unit_bounds_;
  std::vector<Scratch> scratch_;  // (thread)
};

template <class Visit>
void SliceProducts::visit_range(const EncoderInputs& encoder, Range all_units, const Visit& visit) {
  if (!is_rounded_) first_rounded_ = all_units.begin;
  OmpGuard guard;
#pragma omp parallel num_threads(n_threads_)
  {
    if (screens_ && !is_rounded_) {
#pragma omp for schedule(static)
      for (int begin = all_units.begin; begin < all_units.end; begin += widest_slice)
        round_units(encoder.network, slice_at(begin, all_units.end));
    }
    guard.run([&] { visit_groups(encoder, all_units, visit); });
  }
  guard.rethrow();
}

/// The part of the calling thread.
template <class Visit>
void SliceProducts::visit_groups(const EncoderInputs& encoder, Range all_units, const Visit& visit) {
  float* const z = mine().z.data();
  const int thread = omp_get_thread_num(), count = omp_get_num_threads();
  const Range groups{n_groups() * thread / count, n_groups() * (thread + 1) / count};
  for (int begin = all_units.begin; begin < all_units.end; begin += widest_slice) {
    const Range units = slice_at(begin, all_units.end);
    for (int from = groups.begin; from < groups.end; from += groups_at_once) {
      const Range some{from, std::min(from + groups_at_once, groups.end)};
      multiply(encoder, units, some, z);
      for (int group = from; group < some.end; ++group)
        visit(units, group, z + (group - from) * size_of_group(units));
    }
  }
}

template <class Visit>
void SliceProducts::visit_in_float32(const EncoderInputs& encoder, int group, const Visit& visit) {
  float* const z = mine().z.data();
  for (int begin = 0; begin < n_hidden_; begin += widest_slice) {
    const Range units = slice_at(begin, n_hidden_);
    multiply_in_float32(encoder, units, {group, group + 1}, z);
    visit(units, z);
  }
}

}  // namespace ksweep
