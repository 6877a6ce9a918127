#pragma once

#include <memory>
#include <vector>

#include "kernels/aligned.h"
#include "kernels/kernels.h"
#include "kernels/screening.h"
#include "model/network.h"
#include "model/parallel_slices.h"

namespace ksweep {

/// Candidate search for the code of a mini-batch (kernels/screening.h), in groups of `lanes` samples and
/// slices of hidden units.  Threads may work on different groups, or on different slices, at the same time.
class CandidateSearch {
 public:
  /// If kernels.screening is null, serves() is always false.
  CandidateSearch(const Kernels& kernels, const Network& network, int capacity);

  /// Whether the search is faster than computing all units: candidates are computed one by one, so there must
  /// be few.  (Measured: 1000 units, 100 samples, avx512bf16: a step is 1.14 times as fast for k = 25, no
  /// faster for k = 70.)
  bool serves(int k) const { return kernels_.screening && k <= n_hidden_ / 16; }

  /// Returns the numbers in a row of pairs.
  int n_pairs() const { return pairs_of(stride_); }

  /// Rounds the samples of a group (n_samples x stride).  scratch: n_pairs().
  void round_samples(const float* samples, int n_samples, int group, float* scratch);

  /// Computes z~ without the bias for some units and all samples.  product: z as C, its number of groups, and
  /// what to prefetch; the rest is filled in.  scratch: padded(units.count()) * n_pairs().
  void pre_activate(const Network& network, Range units, Product product, float* scratch);

  /// Finds the candidates of a group.  Replaces its z by lower bounds; units, values, kept, scratch as for
  /// Kernels::select.
  void find_candidates(int group, int n_samples, int k, float* z, std::int32_t* units, float* values,
                       std::int32_t* kept, float* scratch, std::int32_t* candidate_units);

  /// Computes the float32 values of all candidates among some units.  samples: (all x stride).
  void settle(const Network& network, Range units, int n_groups, const float* samples);

  /// Selects the k largest candidates of each sample of a group, ties to the lower unit, units ascending:
  /// units[i * k + e], values[…].  NaN is never kept, so kept[i] may be less than k.
  void keep_largest(int group, int n_samples, int k, std::int32_t* units, float* values, std::int32_t* kept,
                    float* scratch, std::int32_t* candidate_units) const;

  std::size_t n_candidates(int group) const { return n_candidates_[static_cast<std::size_t>(group)]; }

 private:
  Candidate* candidates(int group) const;

  const Kernels& kernels_;
  int n_hidden_, stride_;
  AlignedArray<UnitBound> units_;
  AlignedArray<SampleBounds> samples_;  // one for each group
  AlignedFloats sample_pairs_;          // (groups x n_pairs x lanes)
  // Each group has room for all units and samples; memory beyond its candidates is never touched.
  std::unique_ptr<Candidate[]> candidates_;
  std::vector<std::size_t> n_candidates_;  // (group)
};

}  // namespace ksweep
