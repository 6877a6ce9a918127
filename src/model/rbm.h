#pragma once

#include <span>
#include <vector>

#include "base/team.h"
#include "model/batch.h"
#include "model/network.h"

namespace ksweep {

/// Settings of Gibbs sampling in a restricted Boltzmann machine.
struct Gibbs {
  std::uint64_t seed = 0;
  std::uint32_t epoch = 0;
  int n_steps = 1;
  bool persistent = false;  ///< fantasies go on from those of the mini-batch before
  double dropout = 0;       ///< share of hidden units that are off, for each sample of the mini-batch anew
};

/// Contrastive divergence on one mini-batch at a time (Hinton 2002; with the choices of Hinton 2010, A practical guide to
/// training RBMs, section 3: hidden states are drawn but for the last, visible ones are probabilities).  Network: tied,
/// sigmoid units on both sides.
///
/// With persistence (Tieleman 2008) there is a chain for each place in a mini-batch.  All begin as contrastive divergence
/// does, with hidden states drawn given the first mini-batch; from then on a chain's next fantasy is inferred from the
/// hidden states drawn given its last one.  In a smaller mini-batch as many chains move as it has samples.
///
/// With dropout (Srivastava et al. 2014, section 8) a sample's dropped units are off given the data and in all its Gibbs steps,
/// and get no gradient from it.  A chain drops what the sample at its place drops: states given its last fantasy are drawn
/// for all units, from which the sample that comes next at this place drops its own.  Bits do not depend on the number of threads.
class RbmBatch {
 public:
  RbmBatch(const Kernels& kernels, const Network& network, int capacity, const Team& team);

  /// Loads rows of a data set, n_inputs numbers in [0, 1] each.
  void load(const SampleRows& rows, int n_inputs, std::span<const std::uint32_t> chosen);

  /// Computes hidden probabilities given the data, and given the fantasies after the requested Gibbs steps.  Draws of Gibbs
  /// step s (from 0), persistent, which is after its fantasies, are those of step s + 1 of the stream; the ones that begin, of 0.
  void run(const Network& network, const Gibbs& gibbs);

  /// Returns half the squared difference of data and fantasies, summed over inputs and samples.  Persistent fantasies are
  /// none of the data: there it is of what the hidden probabilities given the data, but for dropped units, reconstruct.
  double reconstruction_loss() const { return loss_; }

  /// Return the states of persistent chains, and how many have begun.
  std::span<float> chains() { return state_.span(); }
  std::int32_t& n_chains() { return n_chains_; }

  /// Adds each hidden unit's probability given the data, before dropout and summed over samples, to `sums`; returns the total.
  double add_activations(std::span<double> sums) const;

  int n_samples() const { return n_samples_; }

  /// Applies an optimiser step along the batch mean of (correlations of the data - correlations of the
  /// fantasies).  slopes: (unit) of a penalty by the unit's total input, for every sample that does not drop it; empty: no
  /// penalty.
  void update(Network& network, OptimizerState& state, const UpdateRule& rule,
              std::span<const float> slopes = {});

 private:
  int n_groups() const { return (n_samples_ + lanes - 1) / lanes; }
  std::ptrdiff_t h_row() const { return std::ptrdiff_t{n_groups()} * lanes; }
  int n_threads();
  void infer_hidden(const Network& network, const AlignedFloats& visible, AlignedFloats& hidden);
  void draw(const Gibbs& gibbs, int step, const AlignedFloats& probabilities);
  void infer_visible(const Network& network, const AlignedFloats& hidden, std::ptrdiff_t row);
  double squared_difference() const;
  void sum_activations();
  void draw_masks(const Gibbs& gibbs);
  std::span<float> mask(int sample);
  void drop_units(AlignedFloats& hidden, std::ptrdiff_t row);
  void infer_fantasies(const Network& network);
  void run_from_data(const Network& network, const Gibbs& gibbs);
  void run_chains(const Network& network, const Gibbs& gibbs);
  void update_units(Network& network, OptimizerState& state, const UpdateRule& rule,
                    std::span<const float> slopes, Range units);
  void update_visible_bias(Network& network, OptimizerState& state, const UpdateRule& rule);

  const Kernels& kernels_;
  const Team& team_;
  int n_hidden_, n_inputs_, stride_;
  std::ptrdiff_t state_row_;  // places of the mini-batch, padded
  int n_samples_ = 0;
  std::int32_t n_chains_ = 0;
  double loss_ = 0;
  bool drops_ = false;
  std::vector<std::uint32_t> rows_;     // rows in the data set
  AlignedFloats data_, fantasy_;        // (samples x stride)
  AlignedFloats packed_;                // one of them, `lanes` samples side by side
  AlignedFloats of_data_, of_fantasy_;  // probabilities of hidden units (unit x h_row)
  AlignedFloats state_;                 // their states (unit x state_row)
  AlignedFloats mask_;  // with dropout: 0 for units that a sample drops, else 1 (sample x hidden)
  std::vector<double> activations_;  // (unit) probabilities given the data, summed over samples
  AlignedFloats hidden_gradient_, visible_gradient_;
  std::vector<AlignedFloats> gradients_;  // (thread) for a slice of units
};

}  // namespace ksweep
