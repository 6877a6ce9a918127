#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include "base/team.h"
#include "core/code_search.h"
#include "kernels/aligned.h"
#include "kernels/kernels.h"
#include "model/aux_k.h"
#include "model/batch_search.h"
#include "model/dense_update.h"
#include "model/epoch_settings.h"
#include "model/largest_code.h"
#include "model/largest_search.h"
#include "model/loaded_samples.h"
#include "model/network.h"
#include "model/optimizer_state.h"
#include "model/parallel_slices.h"
#include "model/penalty.h"
#include "model/pre_activations.h"
#include "model/rules.h"
#include "model/sparse_code.h"
#include "model/sparse_update.h"
#include "model/thread_scratch.h"

namespace ksweep {

/// Processes one mini-batch at a time: forward pass, reconstruction, backward pass with update.  Bits do not
/// depend on the number of threads: every number is summed by one thread in a fixed order.
///
/// A code is dense if all activations of a mini-batch are kept, otherwise sparse.
class Batch {
 public:
  /// The team and the kernels must outlive the object.
  Batch(const Kernels& kernels, const Network& network, int capacity, const Team& team);
  Batch(const Batch&) = delete;
  Batch& operator=(const Batch&) = delete;

  /// Loads rows of a data set, n_inputs numbers each.  settings: noise and targets of training; null: none.
  void load(const SampleRows& rows, int n_inputs, std::span<const std::uint32_t> chosen,
            const EpochSettings* settings = nullptr) {
    samples_.load(rows, n_inputs, chosen, settings, scratch_.n_threads());
  }

  /// Returns a loaded sample: `stride` numbers, with zero padding.
  const float* sample(int i) const { return samples_.input(i); }

  /// Encodes the first n_samples loaded samples and keeps the k largest of each (all of them if k ==
  /// n_hidden).
  void encode(const Network& network, int n_samples, int k);
  void encode(const Network& network, int n_samples, const EpochSettings& settings);

  /// Do the same in three steps, the middle one in backward_and_update() of the previous batch, by slices of
  /// hidden units while their new weights are still in the cache.
  void start_encoding(int n_samples, const EpochSettings& settings);
  void finish_encoding(const Network& network);

  /// Computes residual = reconstruction - target of each sample, from the current code times `scale`.  The
  /// target is the input without noise, or what EpochSettings::targets makes of it.  Needs encode().  For
  /// backward_and_update() the residual of outputs with an activation becomes the slope of the loss by what the
  /// activation is applied to.
  enum class Residual { for_update, as_is };
  void reconstruct(const Network& network, float scale = 1, Residual kind = Residual::for_update);

  /// Returns the residuals of all samples, `stride` apart.  Needs reconstruct() with Residual::as_is.
  const float* residuals() const { return residuals_.data(); }
  int stride() const { return stride_; }

  /// AuxK: lets dead units reconstruct the residual.  inactive: for how many samples each unit has been
  /// inactive; a unit is dead from `patience` on.  Needs reconstruct(), and no other encoding in between.
  void apply_aux_k(const Network& network, std::span<const std::uint64_t> inactive, std::uint64_t patience);

  /// Updates for how many samples each unit has been inactive.
  void count_inactive(std::span<std::uint64_t> inactive) const;

  /// Returns half the squared residual summed over inputs and the batch's samples.  Needs reconstruct().
  double reconstruction_loss() const;

  /// Returns the weighted penalty of the current code.
  double penalty(const PenaltyRule& rule) const;

  /// Applies the gradient of the batch mean of the loss plus the penalty.  Needs reconstruct().  `next`, if
  /// given, must have started its encoding, and is ready for finish_encoding() afterwards.
  void backward_and_update(Network& network, OptimizerState& state, const PenaltyRule& penalty,
                           const UpdateRule& rule, Batch* next = nullptr);

  /// Returns the k largest activations of each sample, if only these are kept.
  const LargestCode& largest() const { return largest_; }

  /// Returns the code of one unit for all samples, if it is dense.
  const float* dense_values(int unit) const { return z_.unit(unit); }

  /// Returns the entries of one unit, samples ascending, if the code is sparse.
  std::span<const CodeEntry> entries(int unit) const { return code_.of_unit(unit); }

  /// Writes the whole code, (n_samples x n_hidden), to memory that is zero.
  void write_code(float* code) const;

  /// Adds to `active` the number of samples in which each unit is not zero; returns the sum of these numbers.
  std::size_t count_active(std::vector<std::uint32_t>& active) const;

  /// Returns the smallest positive activation of the code; infinity if there is none.
  float smallest_positive() const;

  /// Adds each unit's activations, samples ascending, to its sum.
  void add_activations(std::span<double> sums) const;

 private:
  bool is_dense() const { return settings_.k == n_hidden_ && !settings_.rule; }
  /// Returns whether all pre-activations become activations, rather than only the largest of each sample.
  bool activates_all() const { return is_dense() || settings_.rule; }
  /// Returns whether the largest are searched, and the other pre-activations not stored.
  bool searches() const { return !activates_all() && search_.serves(most_kept(), n_samples_); }
  /// Returns whether what a rule keeps can be told from pre-activations alone.  Activations other than these may be equal where
  /// pre-activations are not.
  bool may_search() const {
    return settings_.dropout == 0 && !is_multi() &&
           (shape_ == Activation::relu || shape_ == Activation::linear);
  }
  /// Returns whether the largest of the whole mini-batch are searched in the same way.
  bool searches_batch() const {
    return settings_.rule && keeps_largest_of_batch(*settings_.rule) && may_search() &&
           batch_search_.serves(settings_.k);
  }
  /// Returns whether those above thresholds are searched in the same way, as long as they are few.  Those that thresholds learn from
  /// are others.
  bool searches_above() const {
    return settings_.rule && keeps_above_thresholds(*settings_.rule) && settings_.bandwidth == 0 &&
           may_search();
  }
  /// Returns whether the 4 k largest reconstruct, too.
  bool is_multi() const { return settings_.multi_topk > 0 && !is_dense(); }
  int wide_k() const { return multi_topk_k(settings_.k, n_hidden_); }
  int most_kept() const { return is_multi() ? wide_k() : settings_.k; }
  int n_samples() const { return n_samples_; }
  float* residual(int i) { return residuals_.data() + std::ptrdiff_t{i} * stride_; }
  /// Returns the sample's row in a block of slopes_.
  float* slopes(std::size_t block, int i) {
    return slopes_.data() + static_cast<std::ptrdiff_t>(block * residuals_.size()) +
           std::ptrdiff_t{i} * stride_;
  }
  void begin_slopes(std::size_t n_blocks) {
    if (slopes_.size() < n_blocks * residuals_.size()) slopes_ = AlignedFloats(n_blocks * residuals_.size());
  }
  ForwardPass forward_pass() const {
    const bool several = is_multi() || !prefix_ends_.empty();
    return {n_samples(), samples_, several ? slopes_.data() : residuals_.data(), prefix_ends_};
  }
  /// Returns the code through which the gradient flows.
  const SparseCode& learning_code() const { return is_multi() ? marked_code_ : code_; }

  /// Calls visit(sample, value) for each value of the unit's code.
  template <class Visit>
  void for_each_value(int unit, const Visit& visit) const {
    if (is_dense())
      for (int i = 0; i < n_samples(); ++i) visit(i, z_.unit(unit)[i]);
    else
      for (const CodeEntry& entry : code_.of_unit(unit)) visit(entry.sample, entry.value);
  }

  void pre_activate(const Network& network, Range units, const OptimizerState* state);
  void store_pre_activations(const Network& network, Range units, const OptimizerState* state);
  const float* row_start(const Network& network) const;
  void drop_units();
  void find_window(const Network& network);
  void apply_thresholds(const Network& network);
  void keep_by_rule(int k, SparseCode& code);
  EncoderInputs encoder_inputs(const Network& network) const;
  void keep_largest(const Network& network);
  float least_kept() const;
  void keep_largest_of_batch(const Network& network);
  bool keep_above(const Network& network);
  void select(int k, LargestCode& largest);
  void keep_largest_of_wide();
  void finish_largest(LargestCode& largest, SparseCode& code);
  void scale_code(float scale);
  void start_residual(const Network& network, int sample, float* residual);
  double finish_residual(int sample, Residual kind, float* residual, float* scratch);
  void reconstruct_sparse(const Network& network);
  void reconstruct_dense(const Network& network);
  void finish_prefixes(int sample, float* scratch);
  void reconstruct_wide(const Network& network);
  void mark_wide();

  const Kernels& kernels_;
  int n_hidden_, n_inputs_, stride_, n_samples_ = 0;
  Activation shape_, output_;
  ThreadScratch scratch_;
  RuleApplier rule_applier_;
  EpochSettings settings_;

  LoadedSamples samples_;
  PreActivations z_;  // of all units; activations if all are needed
  LargestSearch search_;
  BatchSearch batch_search_;
  LargestCode largest_;
  SparseCode code_;
  LargestCode wide_largest_;  // with multi_topk: the 4 k largest
  SparseCode wide_code_,
      marked_code_;     // of them; with capacity added to samples where they are not among the k largest
  SparseCode window_;   // pre-activations that move thresholds
  AlignedFloats mask_;  // with dropout, laid out as z: 0 for units that are dropped
  std::vector<std::uint8_t> marks_;  // with a rule, laid out as z: 1 for units that are kept
  AlignedFloats
      shifted_bias_;  // with pre_bias: hidden bias for inputs from which the visible bias is not subtracted

  AlignedFloats residuals_;       // (capacity x stride)
  std::vector<int> prefix_ends_;  // empty: one reconstruction, from all units
  AlignedFloats
      slopes_;  // with several reconstructions, (blocks x capacity x stride): see ForwardPass::residuals
  std::vector<double> sample_loss_;
  AuxK aux_;
  ParameterUpdate parameters_;
  SparseUpdate sparse_update_;
  DenseUpdate dense_update_;
};

}  // namespace ksweep
