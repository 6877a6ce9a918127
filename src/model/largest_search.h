#pragma once

#include <omp.h>

#include <cstdint>
#include <vector>

#include "model/largest_code.h"
#include "model/slice_products.h"

namespace ksweep {

/// Finds the k largest pre-activations of each sample of a mini-batch, slice by slice of hidden units, without storing all of
/// them: each sample has a list of those that may still be among its k largest.  Kernels with a Screening compute only the last
/// candidates in float32.  Units and values do not depend on slices, threads, or screening.
class LargestSearch {
 public:
  /// The kernels must outlive the object.
  LargestSearch(const Kernels& kernels, const Network& network, int capacity)
      : kernels_(kernels), products_(kernels, network, capacity), n_hidden_(network.n_hidden) {}

  /// Returns whether this is better than to store all pre-activations and to select from them, which is as fast while they fit into a
  /// core's cache.
  bool serves(int k, int n_samples) const {
    constexpr std::ptrdiff_t most_in_cache = std::ptrdiff_t{1} << 19;  // 2 MB
    return screens(k) ||
           (k <= n_hidden_ / 4 && std::ptrdiff_t{n_hidden_} * padded(n_samples) > most_in_cache);
  }

  /// Returns whether most units of a sample are computed in bf16 only: candidates take as long as several others, so there must be
  /// few.
  bool screens(int k) const { return kernels_.screening && k <= n_hidden_ / 16; }

  /// Writes the k largest of each of the first n_samples loaded samples, ties to the lower unit, units ascending.  NaN is never kept,
  /// so fewer may be.
  void find(const EncoderInputs& encoder, const LoadedSamples& samples, int n_samples, int k, int n_threads,
            LargestCode& largest);

 private:
  /// What one thread has found among its units, and its scratch.
  struct Finder {
    AlignedFloats value, lower, limit;  // (group x lanes x room), (group x lanes)
    AlignedArray<std::int32_t> unit;
    std::vector<std::int32_t> count;  // (group x lanes)
    std::vector<std::uint8_t>
        whole;  // (group x lanes): 1 if all units of the sample are to be computed in float32
    SliceProducts::Scratch scratch;
  };

  Finder& mine() { return finders_[static_cast<std::size_t>(omp_get_thread_num())]; }
  CandidateLists lists(Finder& finder, int group) const;
  float* limits(Finder& finder, int group) const {
    return finder.limit.data() + std::ptrdiff_t{group} * lanes;
  }
  void begin(const LoadedSamples& samples, int n_samples, int k, const float* centre);
  void clear(Finder& finder) const;
  void search(const EncoderInputs& encoder, Range units, Finder& finder);
  void list(Finder& finder, Range units, int group, const float* z);
  unsigned wanted_lanes(const Finder& finder, int group) const;
  void shorten(Finder& finder, int group, int n_more);
  void shorten_list(Finder& finder, int group, int lane);
  static void skip(Finder& finder, int group, int lane);
  void merge(int group);
  void append(int group, int lane, Finder& finder);
  void settle(const EncoderInputs& encoder, Range units, int group, SliceProducts::Scratch& scratch);
  void search_in_float32(const EncoderInputs& encoder, int group, SliceProducts::Scratch& scratch);
  void keep(int group, LargestCode& largest);

  const Kernels& kernels_;
  SliceProducts products_;
  int n_hidden_, n_threads_ = 0, k_ = 0, room_ = 0;
  std::vector<Finder> finders_;  // (thread); the first has the merged lists in the end
};

}  // namespace ksweep
