#pragma once

#include <vector>

#include "model/aux_k.h"
#include "model/parameter_update.h"
#include "model/sparse_code.h"

namespace ksweep {

/// The pre-activations that move the thresholds of jump-relu.
struct ThresholdWindow {
  const SparseCode& code;  ///< those within half the bandwidth of their unit's threshold
  float bandwidth = 0;     ///< 0: thresholds are not trained
};

/// The backward pass and update of hidden units that are active in some of the samples only.
class SparseUpdate {
 public:
  /// The kernels and parameters must outlive the object.
  SparseUpdate(const Kernels& kernels, const Network& network, ParameterUpdate& parameters);

  /// Allocates space for a mini-batch with this code.
  void begin(const SparseCode& code, const AuxK& aux, const ThresholdWindow& window);

  /// Updates the weights of these units and computes the gradients of their biases.  Threads may work on
  /// different units at the same time.  scratch: 2 * stride floats.
  void update(const LearningStep& step, const ForwardPass& pass, const SparseCode& code, const AuxK& aux,
              float aux_weight, Range units, float* scratch);

  /// Computes the gradients of these units' thresholds, of a network whose weights are not yet updated, by straight-through
  /// estimators: within the window, the slope of an activation by its threshold is -threshold / bandwidth, that of L0
  /// -1 / bandwidth (Rajamanoharan et al. 2024, equations 10 to 12).
  void find_threshold_gradients(const LearningStep& step, const ForwardPass& pass, const SparseCode& code,
                                const ThresholdWindow& window, Range units);

 private:
  /// A unit's activations and the residuals that they reduce: those of the code, or those of AuxK.
  struct UnitCode {
    std::span<const CodeEntry> entries;
    std::ptrdiff_t offset;   // position of the first entry among all
    const float* residuals;  // (n_samples x stride)
    float weight;            // weight of their loss
    bool penalised;

    int count() const { return static_cast<int>(entries.size()); }
  };

  UnitCode code_of(int unit, const ForwardPass& pass, const SparseCode& code, const AuxK& aux,
                   float aux_weight) const;
  void gather_gradient(const LearningStep& step, const ForwardPass& pass, int unit, const UnitCode& code);
  void apply_gradient(const LearningStep& step, int unit, const UnitCode& code, float* scratch);
  GradientTerm* terms_of(int unit, const UnitCode& code) { return terms_.data() + 2 * code.offset + unit; }

  const Kernels& kernels_;
  ParameterUpdate& parameters_;
  Activation shape_;
  int n_hidden_, stride_;
  std::vector<float> scaled_code_,
      deltas_,           // (entry): scale times activation; residual . decoder row, then delta
      window_products_;  // (entry of the window): residual . decoder row
  // For each unit, two terms per entry, first of the residuals, then of the inputs; then one of the visible
  // bias.
  std::vector<GradientTerm> terms_;
};

}  // namespace ksweep
