#pragma once

#include "kernels/aligned.h"
#include "kernels/kernels.h"
#include "model/loaded_samples.h"
#include "model/optimizer_state.h"
#include "model/parallel_slices.h"
#include "model/parameter_rows.h"
#include "model/penalty.h"

namespace ksweep {

/// One step of an autoencoder's training: what moves, and how.
struct LearningStep {
  Network& network;
  OptimizerState& state;
  const PenaltyRule& penalty;
  const UpdateRule& rule;

  /// A unit's weights with their moments; `decoder` of untied networks alone.
  ParameterRow encoder(int unit) const {
    return row_of(network.encoder, state.first.encoder, state.second.encoder,
                  std::ptrdiff_t{unit} * network.stride);
  }
  ParameterRow decoder(int unit) const {
    return row_of(network.decoder, state.first.decoder, state.second.decoder,
                  std::ptrdiff_t{unit} * network.stride);
  }
};

/// The forward pass that the step learns from.
struct ForwardPass {
  int n_samples;
  const LoadedSamples& samples;
  const float* residuals;  ///< (n_samples x stride)
};

/// Applies gradients to parameters: those of the biases, and the decoder's where its rows have length 1.
class ParameterUpdate {
 public:
  /// The kernels must outlive the object.
  ParameterUpdate(const Kernels& kernels, const Network& network);

  /// Begins the next step.
  void begin();

  bool pre_bias() const { return pre_bias_; }

  /// The gradient with respect to a unit's bias.  To be called before the unit's weights move, and by the thread that works
  /// on the unit's slice.
  void set_hidden_gradient(const Network& network, int unit, float gradient);
  float hidden_gradient(int unit) const { return hidden_gradient_[unit]; }

  /// Moves a row of the decoder, or of tied weights, by its gradient, which is changed; or by the terms that add up to it, with
  /// 2 * stride floats of scratch.
  void apply_to_decoder(const UpdateRule& rule, ParameterRow row, float* gradient) const;
  void apply_to_decoder(const UpdateRule& rule, ParameterRow row, const GradientTerm* terms, int n_terms,
                        float* scratch) const;

  /// Of these units.
  void update_hidden_bias(const LearningStep& step, Range units) const;

  /// After the last unit.
  void update_visible_bias(const LearningStep& step, const ForwardPass& pass);

 private:
  const Kernels& kernels_;
  int stride_;
  bool pre_bias_, unit_norm_;
  AlignedFloats hidden_gradient_, visible_gradient_;
  AlignedFloats
      encoder_gradient_of_bias_;  // with pre_bias: of the visible bias through the encoder, (slice x stride)
};

}  // namespace ksweep
