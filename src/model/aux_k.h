#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/team.h"
#include "kernels/aligned.h"
#include "kernels/kernels.h"
#include "model/largest_code.h"
#include "model/loaded_samples.h"
#include "model/network.h"
#include "model/sparse_code.h"
#include "model/thread_scratch.h"

namespace ksweep {

/// AuxK (Gao et al. 2024, appendix A.2): the largest dead units of each sample learn to reconstruct the
/// residual, which is held constant.
class AuxK {
 public:
  /// The kernels and the team must outlive the object.
  AuxK(const Kernels& kernels, const Network& network, int capacity, const Team& team)
      : kernels_(kernels),
        stride_(network.stride),
        scratch_(team, 0, 0),
        largest_(capacity),
        code_(network.n_hidden) {}

  /// Discards the last mini-batch.
  void clear() { is_used_ = false; }

  /// Returns whether there are any dead units that take part.
  bool is_used() const { return is_used_; }

  /// Reconstructs the residuals of the first n_samples loaded samples by the n_units largest dead units of each.  row_start: what
  /// the pre-activation of each unit starts from; dead: all dead units, ascending; residuals: (n_samples x stride).
  void reconstruct(const Network& network, const LoadedSamples& samples, int n_samples,
                   const float* row_start, const float* residuals, std::span<const std::int32_t> dead,
                   int n_units, AuxLoss loss);

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
  /// Rows of the dead units and what their pre-activations start from.
  struct DeadRows {
    std::vector<const float*> encoder;
    std::vector<float> start;
  };

  void find_largest(const DeadRows& dead, const float* packed, int first, int n_samples);
  void add_reconstruction(const Network& network, int sample);

  const Kernels& kernels_;
  int stride_;
  bool is_used_ = false;
  float scale_ = 1;
  ThreadScratch scratch_;
  LargestCode largest_;  // of the dead units, which are numbered by their place among these at first
  SparseCode code_;
  AlignedFloats residuals_;
};

}  // namespace ksweep
