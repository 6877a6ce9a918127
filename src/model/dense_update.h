#pragma once

#include "model/parameter_update.h"
#include "model/pre_activations.h"

namespace ksweep {

/// The backward pass and update of hidden units that are active in all samples.
class DenseUpdate {
 public:
  /// The kernels and parameters must outlive the object.
  DenseUpdate(const Kernels& kernels, const Network& network, ParameterUpdate& parameters);

  /// Packs the residuals of a mini-batch.
  void begin(const ForwardPass& pass, const PreActivations& code, int n_threads);

  /// Updates the weights of these units and computes the gradients of their biases.  Threads may work on
  /// different units at the same time.  code: the activations by unit, which are multiplied by 1 / n_samples.
  /// mask: 0 for units removed by dropout, laid out as the code; null: no dropout.  scratch: 2 * slice_size *
  /// stride floats.
  void update(const LearningStep& step, const ForwardPass& pass, PreActivations& code, const float* mask,
              Range units, float* scratch);

 private:
  void form_deltas(const LearningStep& step, int n_samples, PreActivations& code, const float* mask,
                   Range units);
  void apply_gradient(const LearningStep& step, int unit, float* of_encoder, float* of_decoder);

  const Kernels& kernels_;
  ParameterUpdate& parameters_;
  Activation shape_;
  int stride_;
  AlignedFloats deltas_;            // laid out as the code
  AlignedFloats packed_residuals_;  // `lanes` samples side by side
};

}  // namespace ksweep
