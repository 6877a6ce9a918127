#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "kernels/aligned.h"
#include "kernels/kernels.h"
#include "model/network.h"
#include "model/pre_activations.h"
#include "model/sparse_code.h"

namespace ksweep {

/// AuxK (Gao et al. 2024, appendix A.2): the largest dead units of each sample learn to reconstruct the
/// residual, which is held constant.
class AuxK {
 public:
  /// The kernels must outlive the object.
  AuxK(const Kernels& kernels, int n_hidden, int stride)
      : kernels_(kernels), stride_(stride), code_(n_hidden) {}

  /// Discards the last mini-batch.
  void clear() { is_used_ = false; }

  /// Returns whether there are any dead units that take part.
  bool is_used() const { return is_used_; }

  /// Reconstructs the residuals by the n_units largest dead units of each sample.  dead: all dead units,
  /// ascending.  residuals: (n_samples x stride).
  void reconstruct(const Network& network, const PreActivations& z, const AlignedFloats& residuals,
                   std::span<const std::int32_t> dead, int n_units, AuxLoss loss);

  /// Returns the activations of the dead units that take part.
  const SparseCode& code() const { return code_; }

  /// Returns the residuals minus the reconstruction by dead units: (n_samples x stride).
  const float* residuals() const { return residuals_.data(); }

  /// Returns what the gradient of half their squared error, mean over samples, is to be multiplied by to be that of the
  /// loss, apart from its weight: 1 for AuxLoss::plain.  AuxLoss::normalised is the squared error over the squared
  /// distance of the residuals to their mean over the mini-batch, both summed over samples and inputs; the residuals are
  /// without the decoder's bias (Gao et al. 2024, published code).  0 if all residuals are equal.
  float scale() const { return scale_; }

 private:
  void mark_largest(const PreActivations& z, std::span<const std::int32_t> dead, int n_units);

  const Kernels& kernels_;
  int stride_;
  bool is_used_ = false;
  float scale_ = 1;
  SparseCode code_;
  AlignedFloats residuals_;
  std::vector<std::uint8_t> marks_;  // (sample x dead unit): 1 if the unit takes part
};

}  // namespace ksweep
