#pragma once

#include <span>

#include "kernels/aligned.h"
#include "kernels/kernels.h"
#include "model/loaded_samples.h"
#include "model/optimizer_state.h"
#include "model/parallel_slices.h"
#include "model/parameter_rows.h"
#include "model/penalty.h"

namespace ksweep {

/// The objects of one optimiser step: parameters, optimiser state, penalty and update rule.
struct LearningStep {
  Network& network;
  OptimizerState& state;
  const PenaltyRule& penalty;
  const UpdateRule& rule;

  /// Return a unit's weights with their moments; `decoder` only for untied networks.
  ParameterRow encoder(int unit) const {
    return row_of(network.encoder, state.first.encoder, state.second.encoder,
                  std::ptrdiff_t{unit} * network.stride);
  }
  ParameterRow decoder(int unit) const {
    return row_of(network.decoder, state.first.decoder, state.second.decoder,
                  std::ptrdiff_t{unit} * network.stride);
  }
};

/// The forward pass whose gradient is computed: inputs, and the slopes of the loss by the sums of decoder rows.
struct ForwardPass {
  int n_samples;
  const LoadedSamples& samples;
  /// (capacity x stride): residuals, or what takes their place for the visible bias and for the first units.  A code's entry
  /// of sample capacity + i means sample i with row i of what follows them.
  const float* residuals;
  std::span<const int> prefix_ends =
      {};  ///< units from each of these on have rows of their own, behind those before

  /// Returns the rows of a unit.
  const float* residuals_of(int unit, int stride) const {
    const float* rows = residuals;
    for (const int end : prefix_ends)
      if (unit >= end) rows += std::ptrdiff_t{samples.capacity()} * stride;
    return rows;
  }

  /// Returns the inputs of the sample of a code's entry.
  const float* input(int sample) const {
    return samples.input(sample < samples.capacity() ? sample : sample - samples.capacity());
  }
};

/// Applies gradients to the biases, and to decoder rows, also under the constraint of unit length.
class ParameterUpdate {
 public:
  /// The kernels must outlive the object.
  ParameterUpdate(const Kernels& kernels, const Network& network);

  /// Begins the next step.
  void begin();

  bool pre_bias() const { return pre_bias_; }

  /// Sets the gradient with respect to a unit's bias.  Must be called before the unit's weights are updated,
  /// by the thread that works on the unit's slice.
  void set_hidden_gradient(const Network& network, int unit, float gradient);
  float hidden_gradient(int unit) const { return hidden_gradient_[unit]; }

  /// The same with respect to a unit's threshold.
  void set_threshold_gradient(int unit, float gradient) { threshold_gradient_[unit] = gradient; }

  /// Update a row of the decoder, or of tied weights, by its gradient, which is overwritten, or by the terms
  /// that add up to it, with 2 * stride floats of scratch.
  void apply_to_decoder(const UpdateRule& rule, ParameterRow row, float* gradient) const;
  void apply_to_decoder(const UpdateRule& rule, ParameterRow row, const GradientTerm* terms, int n_terms,
                        float* scratch) const;

  /// Updates the biases, and the thresholds if there are any, of these units.
  void update_hidden_bias(const LearningStep& step, Range units) const;

  /// Called after the last unit.
  void update_visible_bias(const LearningStep& step, const ForwardPass& pass);

 private:
  const Kernels& kernels_;
  int stride_;
  bool pre_bias_, unit_norm_;
  AlignedFloats hidden_gradient_, visible_gradient_, threshold_gradient_;
  AlignedFloats
      encoder_gradient_of_bias_;  // with pre_bias: of the visible bias through the encoder, (slice x stride)
};

}  // namespace ksweep
