#pragma once

#include <omp.h>

#include <span>
#include <vector>

#include "kernels/aligned.h"
#include "kernels/kernels.h"
#include "model/network.h"

namespace ksweep {

/// The penalty on hidden activations and its weight.
///   l1: weight * mean over samples of sum_j |a_j|
///   kl: weight * sum_j KL(target || mean over samples of a_j)   (CS294A notes, section 3)
struct PenaltyRule {
  Penalty kind = Penalty::none;
  float weight = 0, target = 0.05f;
};

/// The optimiser's memory, one number (SGD) or two (Adam) for each parameter, in the parameters' own layout.
struct OptimizerState {
  Network first, second;
};
OptimizerState initial_state(const Network& network, Optimizer optimizer);

/// Works on one mini-batch at a time: forward pass, reconstruction, backward pass with update.  Bits do not depend
/// on the number of threads: every number is summed by one thread in a fixed order.
class Batch {
 public:
  Batch(const Kernels& kernels, const Network& network, int capacity, int n_threads);

  /// Where the caller puts sample i: `stride` numbers, the padding zero.
  float* sample(int i) { return inputs_.data() + std::ptrdiff_t{i} * stride_; }

  /// Puts rows of a data set, n_inputs numbers each, into the first places.
  void load(const float* rows, int n_inputs, std::span<const std::uint32_t> chosen);

  /// Encodes the first n_samples and keeps the k largest of each (all of them if k == n_hidden).
  void encode(const Network& network, int n_samples, int k);

  /// The same in three steps, the middle one done by update() of the batch before, slice by slice of hidden units
  /// while their new weights are still in the cache.
  void start_encoding(int n_samples, int k);
  void finish_encoding();

  /// Residual = reconstruction - input of each sample, from the present code.  Needs encode().
  void reconstruct(const Network& network);

  /// Half the squared residual summed over inputs, summed over the batch's samples.  Needs reconstruct().
  double reconstruction_loss() const;

  /// Weighted penalty of the present code.
  double penalty(const PenaltyRule& rule) const;

  /// Gradient of the batch mean of the loss plus the penalty, applied.  Needs reconstruct().
  /// `next`, if given, has its encoding started, and is ready for finish_encoding() afterwards.
  void update(Network& network, OptimizerState& state, const PenaltyRule& penalty, const UpdateRule& rule,
              Batch* next = nullptr);

  /// The code: non-zero entries of sample i are units()[i * width() + e], values()[...], e < n_kept(i), units ascending.
  int width() const { return k_; }
  int n_kept(int sample) const { return kept_[static_cast<std::size_t>(sample)]; }
  const std::int32_t* units(int sample) const { return units_.data() + std::ptrdiff_t{sample} * k_; }
  const float* values(int sample) const { return values_.data() + std::ptrdiff_t{sample} * k_; }

  /// The code of one unit for all samples, where none were dropped (k == n_hidden).
  const float* dense_values(int unit) const { return z_.data() + unit * z_row(); }

  /// Adds to `active` the number of samples for which each unit is not zero; returns their sum.
  std::size_t count_active(std::vector<std::uint32_t>& active) const;

 private:
  // Whole register tiles (kernels/product.h), small enough to share out evenly and to stay in the cache.
  static constexpr int slice_size = 48;

  bool dense() const { return k_ == n_hidden_; }
  int n_groups() const { return (n_samples_ + lanes - 1) / lanes; }
  // z is one row of samples per unit where all of it is used; where the largest are kept, group after group of samples,
  // so that the selection walks through memory in order.
  std::ptrdiff_t z_row() const { return dense() ? std::ptrdiff_t{n_groups()} * lanes : lanes; }
  std::ptrdiff_t z_group() const { return dense() ? lanes : std::ptrdiff_t{n_hidden_} * lanes; }

  /// Slices of hidden units: what one thread takes at a time.
  int n_slices() const { return (n_hidden_ + slice_size - 1) / slice_size; }
  int slice_end(int begin) const { return begin + slice_size < n_hidden_ ? begin + slice_size : n_hidden_; }

  void weigh(const Network& network, int slice, const OptimizerState* state);
  void keep_largest();
  void list_by_unit();
  void reconstruct_sparse(const Network& network);
  void reconstruct_dense(const Network& network);
  void update_sparse(Network& network, OptimizerState& state, const PenaltyRule& penalty,
                     const UpdateRule& rule, int slice, float* gradient);
  void pack_residuals();
  void update_dense(Network& network, OptimizerState& state, const PenaltyRule& penalty,
                    const UpdateRule& rule, int slice, float* gradient);
  void deltas_of_slice(const Network& network, const PenaltyRule& penalty, int begin, int count);
  void update_hidden_bias(Network& network, OptimizerState& state, const UpdateRule& rule, int slice);
  void update_visible_bias(Network& network, OptimizerState& state, const UpdateRule& rule);
  PenaltySlope slope_for(const PenaltyRule& rule, double activation_sum) const;
  double activation_sum(int unit) const;

  const Kernels& kernels_;
  int n_hidden_, stride_, n_threads_;
  Shape shape_;
  int n_samples_ = 0, k_ = 0;

  AlignedFloats inputs_, residuals_;  // (capacity x stride)
  AlignedFloats packed_;              // the inputs, and in the dense path the residuals, `lanes` side by side
  AlignedFloats z_;                   // weighted inputs of all units; in the dense path the activations
  AlignedFloats delta_;               // dense path only: (n_hidden x z_row)
  AlignedFloats hidden_gradient_, visible_gradient_;
  std::vector<AlignedFloats> scratch_;  // one for each thread
  std::vector<AlignedArray<std::int32_t>> candidate_units_;
  std::vector<std::int32_t> kept_;        // (capacity)
  AlignedArray<std::int32_t> units_;      // (capacity x k)
  AlignedFloats values_;                  // (capacity x k)
  std::vector<std::int32_t> list_begin_;  // (n_hidden + 1) into entries_
  std::vector<CodeEntry> entries_;        // by unit, then by sample
  std::vector<double> sample_loss_;
};

}  // namespace ksweep
