#pragma once

#include <span>
#include <vector>

#include "base/team.h"
#include "kernels/aligned.h"
#include "kernels/kernels.h"
#include "model/candidate_search.h"
#include "model/epoch_settings.h"
#include "model/network.h"
#include "model/parallel_slices.h"
#include "model/rules.h"

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
  /// The team and the kernels must outlive the object.
  Batch(const Kernels& kernels, const Network& network, int capacity, const Team& team);

  /// Takes rows of a data set, n_inputs numbers each.  While training, the regime says what is done to them on the way in;
  /// null: nothing.
  void load(const float* rows, int n_inputs, std::span<const std::uint32_t> chosen,
            const Regime* regime = nullptr);

  /// A loaded sample: `stride` numbers, the padding zero.
  const float* sample(int i) const { return inputs_.data() + std::ptrdiff_t{i} * stride_; }

  /// Encodes the first n_samples of what was loaded and keeps the k largest of each (all of them if k == n_hidden).
  void encode(const Network& network, int n_samples, int k);
  void encode(const Network& network, int n_samples, const Regime& regime);

  /// The same in three steps, the middle one done by update() of the batch before, slice by slice of hidden units
  /// while their new weights are still in the cache.
  void start_encoding(int n_samples, const Regime& regime);
  void finish_encoding(const Network& network);

  /// Residual = reconstruction - target of each sample, from the present code times `scale`; the target is the input,
  /// without noise, or what the regime says.  Needs encode().
  void reconstruct(const Network& network, float scale = 1);

  /// Dead units that draw what is missing (AuxK), as the regime says.  silent: for how many samples each unit has not been
  /// active; dead: those of at least `patience`.  Needs reconstruct(), and no other encoding in between.
  void revive(const Network& network, std::span<const std::uint32_t> silent, std::uint32_t patience);

  /// Counts on how many samples each unit has not been active.
  void note_silence(std::span<std::uint32_t> silent) const;

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

  /// The same where not all are kept: entries of one unit, samples ascending.
  std::span<const CodeEntry> entries(int unit) const {
    return {entries_.data() + list_begin_[unit], entries_.data() + list_begin_[unit + 1]};
  }

  /// The whole code, (n_samples x n_hidden), into numbers that are zero.
  void write_code(float* code) const;

  /// Adds to `active` the number of samples for which each unit is not zero; returns their sum.
  std::size_t count_active(std::vector<std::uint32_t>& active) const;

 private:
  // Hidden units that stay in the cache while they are worked on.
  static constexpr int slice_size = 48;

  bool dense() const { return k_ == n_hidden_ && !regime_.rule; }
  // Whether z has a row of samples for each unit, and becomes the activations.
  bool by_rows() const { return dense() || regime_.rule; }
  bool screened() const { return screen_.serves(k_) && !by_rows() && !pre_bias_ && regime_.aux_units == 0; }
  int n_groups() const { return (n_samples_ + lanes - 1) / lanes; }
  // z is one row of samples per unit where all of it is used; where the largest of each sample are kept, group after
  // group of samples, so that the selection walks through memory in order.
  std::ptrdiff_t z_row() const { return by_rows() ? std::ptrdiff_t{n_groups()} * lanes : lanes; }
  std::ptrdiff_t z_group() const { return by_rows() ? lanes : screen_.z_group(); }
  const float* target(int i) const {
    return (has_targets_ ? targets_ : inputs_).data() + std::ptrdiff_t{i} * stride_;
  }

  /// Threads of the next parallel region, with scratch for each.
  int n_threads();
  void weigh(const Network& network, Range units, const OptimizerState* state);
  void treat(const Regime& regime, int sample, std::uint32_t row, int n_inputs);
  void drop_units();
  void keep_by_rule();
  void mark_largest_dead(std::span<const std::int32_t> dead);
  void draw_residual(const Network& network, std::span<const std::int32_t> dead);
  void scale_code(float scale);
  void start_residual(const Network& network, int sample);
  void finish_residual(int sample, float* scratch);
  void keep_largest(const Network& network);
  void keep_largest_of_candidates(const Network& network);
  void list_by_unit();
  void drop_zeros();
  void reconstruct_sparse(const Network& network);
  void reconstruct_dense(const Network& network);
  void make_room_for_pulls();
  void update_sparse(Network& network, OptimizerState& state, const PenaltyRule& penalty,
                     const UpdateRule& rule, Range units);
  /// A unit's non-zero activations, and the residuals that they are to mend: of the code, or of what dead units draw.
  struct UnitCode {
    const CodeEntry* entries;
    int count;
    std::ptrdiff_t offset;   // of the first one among all that there are
    const float* residuals;  // (n_samples x stride)
    float weight;            // of their loss
    bool penalised;
  };
  UnitCode code_of(int unit) const;
  float activation(int unit, int sample) const;
  void list_pulls(const Network& network, const PenaltyRule& penalty, int unit, const UnitCode& code);
  void pull(Network& network, OptimizerState& state, const UpdateRule& rule, int unit, const UnitCode& code);
  void pull_across(const UpdateRule& rule, ParameterRow row, const Pull* pulls, int n_pulls);
  void move_decoder(const UpdateRule& rule, ParameterRow row, float* gradient) const;
  void note_bias_pull(const Network& network, int unit);
  void pack_residuals();
  void update_dense(Network& network, OptimizerState& state, const PenaltyRule& penalty,
                    const UpdateRule& rule, Range units);
  void deltas_of(const Network& network, const PenaltyRule& penalty, Range units);
  void update_hidden_bias(Network& network, OptimizerState& state, const UpdateRule& rule, Range units);
  void update_visible_bias(Network& network, OptimizerState& state, const UpdateRule& rule);
  PenaltySlope slope_for(const PenaltyRule& rule, double activation_sum) const;
  double activation_sum(int unit) const;

  const Kernels& kernels_;
  const Team& team_;
  int n_hidden_, n_inputs_, stride_;
  Shape shape_, output_;
  bool pre_bias_, unit_norm_;
  Keeper keeper_;
  Regime regime_;
  int n_samples_ = 0, k_ = 0;
  bool has_targets_ = false;
  std::vector<std::uint32_t> rows_;  // of the data set: what was loaded
  Screen screen_;

  AlignedFloats inputs_, residuals_;  // (capacity x stride)
  AlignedFloats targets_;             // the same, where inputs are noisy or targets shifted
  AlignedFloats packed_;              // the inputs, `lanes` side by side
  AlignedFloats packed_residuals_;    // dense path only: the same of the residuals
  AlignedFloats z_;                   // weighted inputs of all units; in the dense path the activations
  AlignedFloats delta_;               // dense path only: (n_hidden x z_row)
  AlignedFloats mask_;                // the same, with dropout: 0 where a unit takes no part
  std::vector<std::uint8_t> marks_;   // the same, with a rule: 1 where a unit is kept
  AlignedFloats
      shifted_bias_;          // with pre_bias: of the hidden units, for inputs that it is not subtracted from
  AlignedFloats bias_pulls_;  // with pre_bias: what the encoder pulls at it, (slice x stride)
  AlignedFloats aux_residuals_;          // (n_samples x stride)
  std::vector<CodeEntry> aux_entries_;   // by unit, then by sample
  std::vector<std::int32_t> aux_begin_;  // (n_hidden + 1) into aux_entries_; empty: none
  AlignedFloats hidden_gradient_, visible_gradient_;
  std::vector<AlignedFloats> scratch_;  // one for each thread
  std::vector<AlignedArray<std::int32_t>> candidate_units_;
  std::vector<std::int32_t> kept_;        // (capacity)
  AlignedArray<std::int32_t> units_;      // (capacity x k)
  AlignedFloats values_;                  // (capacity x k)
  std::vector<std::int32_t> list_begin_;  // (n_hidden + 2) into entries_; the last is scratch
  std::vector<CodeEntry> entries_;        // by unit, then by sample
  std::vector<float> scaled_code_,
      products_;  // one for each entry: scale times value; residual . image, then delta
  std::vector<Pull>
      pulls_;  // two for each entry: of a unit's residuals first, then of its inputs; then one of its bias
  std::vector<double> sample_loss_;
};

}  // namespace ksweep
