#pragma once

#include <cstdint>
#include <vector>

#include "model/largest_code.h"
#include "model/screened_search.h"

namespace ksweep {

/// Finds the k largest pre-activations of each sample of a mini-batch, slice by slice of hidden units, without storing all of
/// them: each sample has a list of those that may still be among its k largest.  Kernels with a Screening compute only the last
/// candidates in float32.  Units and values do not depend on threads or screening.
class LargestSearch : public ScreenedSearch {
 public:
  /// The kernels must outlive the object.
  LargestSearch(const Kernels& kernels, const Network& network, int capacity)
      : ScreenedSearch(kernels, network, capacity) {}

  /// Returns whether this is better than to store all pre-activations and to select from them.
  bool serves(int k, int n_samples) const { return screens(k) || searches_largest(k, n_hidden_, n_samples); }

  /// Writes the k largest of each of the first n_samples loaded samples, ties to the lower unit, units ascending.  NaN is never kept,
  /// so fewer may be.
  void find(const EncoderInputs& encoder, const LoadedSamples& samples, int n_samples, int k, int n_threads,
            LargestCode& largest);

 private:
  CandidateLists lists(int group);
  float* limits(int group) { return limit_.data() + std::ptrdiff_t{group} * lanes; }
  void clear();
  void list(Range units, int group, const float* z);
  unsigned wanted_lanes(int group) const;
  void shorten(int group, int n_more);
  void shorten_list(int group, int lane);
  void settle(const EncoderInputs& encoder, Range units, int group);
  void search_in_float32(const EncoderInputs& encoder, int group);
  void keep(int group, LargestCode& largest);

  int k_ = 0, room_ = 0;
  AlignedFloats value_, lower_, limit_;  // (group x lanes x room), (group x lanes)
  AlignedArray<std::int32_t> unit_;
  std::vector<std::int32_t> count_;  // (group x lanes)
  std::vector<std::uint8_t>
      whole_;  // (group x lanes): 1 if all units of the sample are to be computed in float32
};

}  // namespace ksweep
