#pragma once

#include <omp.h>

#include <cstdint>
#include <span>
#include <vector>

#include "model/screened_search.h"
#include "model/sparse_code.h"

namespace ksweep {

/// Finds the largest pre-activations of a whole mini-batch (BatchTopK), or those above the thresholds of their units, slice by slice of
/// hidden units, without storing all of them.  Kernels with a Screening compute only the last candidates in float32.  The code does not
/// depend on slices, threads, or screening.
class BatchSearch : public ScreenedSearch {
 public:
  /// The kernels must outlive the object.
  BatchSearch(const Kernels& kernels, const Network& network, int capacity)
      : ScreenedSearch(kernels, network, capacity) {}

  /// Returns whether this is better than to store all pre-activations.
  bool serves(int k) const { return few_are_kept(k, n_hidden_); }

  /// The same as start_rounding() for find_above().
  void start_rounding_above() {
    if (kernels_.screening) products_.start_rounding();
  }

  /// Writes the code of the k * n_samples largest pre-activations of the first n_samples loaded samples that reach `least`; ties to
  /// the lower sample, then to the lower unit.  NaN is never kept.
  void find(const EncoderInputs& encoder, const LoadedSamples& samples, int n_samples, int k, float least,
            int n_threads, SparseCode& code);

  /// Writes the code of the pre-activations of the first n_samples loaded samples that reach `least` and exceed the threshold of their
  /// unit; never NaN.  Returns false, and leaves the code, if these are so many that it is better to store all pre-activations.
  bool find_above(const EncoderInputs& encoder, const LoadedSamples& samples, int n_samples,
                  std::span<const float> thresholds, float least, int n_threads, SparseCode& code);

 private:
  struct Candidate {
    float value, lower;  // the pre-activation, or bounds of it
    std::int32_t unit, sample;
  };

  /// What one thread has found in its groups, in the order of slices, and within these of groups.
  struct Finder {
    std::vector<Candidate> found;
    AlignedFloats value, lower;  // (lanes x widest slice): of one slice and group
    AlignedArray<std::int32_t> unit;
  };

  Finder& mine() { return finders_[static_cast<std::size_t>(omp_get_thread_num())]; }
  std::span<Finder> finders() {
    return std::span(finders_).first(static_cast<std::size_t>(products_.n_threads()));
  }
  float limit_of(Range units) const;
  bool is_kept(const Candidate& candidate) const {
    return candidate.value >= least_ &&
           (thresholds_.empty() || candidate.value > thresholds_[static_cast<std::size_t>(candidate.unit)]);
  }
  bool search_all(const EncoderInputs& encoder, const LoadedSamples& samples, int n_samples, bool screens,
                  int n_threads);
  void clear(Finder& finder) const;
  void list(Range units, int group, const float* z, Finder& finder) const;
  std::size_t n_found();
  void shorten();
  void settle(const EncoderInputs& encoder, Finder& finder);
  void keep(SparseCode& code);

  std::size_t count_ = 0;              // candidates that are wanted, or may at most be kept above thresholds
  std::span<const float> thresholds_;  // (unit), or empty
  float least_ = 0;
  float limit_ = 0;  // what a candidate has to reach
  std::vector<float> lower_;
  std::vector<Finder> finders_;  // (thread)
  std::vector<Candidate> all_;
};

}  // namespace ksweep
