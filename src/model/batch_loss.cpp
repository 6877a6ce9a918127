// Reconstruction, its error and the penalty of a mini-batch.
#include <omp.h>

#include <algorithm>
#include <cmath>

#include "model/batch.h"
#include "model/penalty.h"

namespace ksweep {

void Batch::reconstruct(const Network& network, float scale) {
  if (scale != 1) scale_code(scale);
  dense() ? reconstruct_dense(network) : reconstruct_sparse(network);
#pragma omp parallel for num_threads(n_threads()) schedule(static)
  for (int i = 0; i < n_samples_; ++i)
    finish_residual(i, scratch_[static_cast<std::size_t>(omp_get_thread_num())].data());
}

void Batch::scale_code(float scale) {
  if (dense())
    for (std::ptrdiff_t i = 0; i < std::ptrdiff_t{n_hidden_} * z_row(); ++i) z_[i] *= scale;
  else
    for (CodeEntry& entry : entries_) entry.value *= scale;
}

/// What the images of the code are added to.
void Batch::start_residual(const Network& network, int i) {
  float* const residual = residuals_.data() + std::ptrdiff_t{i} * stride_;
  const float *bias = network.visible_bias.data(), *wanted = target(i);
  if (output_ == Shape::linear)
    for (int c = 0; c < stride_; ++c) residual[c] = bias[c] - wanted[c];
  else
    std::copy_n(bias, stride_, residual);
}

/// The sample's loss.  Where outputs have an activation, the residual becomes the slope of the loss by what it is applied to.
void Batch::finish_residual(int i, float* scratch) {
  float* const residual = residuals_.data() + std::ptrdiff_t{i} * stride_;
  if (output_ != Shape::linear) {
    kernels_.activate(output_, residual, stride_);
    std::fill(residual + n_inputs_, residual + stride_, 0.0f);
    std::copy_n(residual, stride_, scratch);
    for (int c = 0; c < stride_; ++c) residual[c] -= target(i)[c];
  }
  sample_loss_[static_cast<std::size_t>(i)] =
      0.5 * static_cast<double>(kernels_.squared_norm(residual, stride_));
  if (output_ != Shape::linear) kernels_.multiply_by_slope(output_, scratch, residual, stride_);
}

/// Each thread draws the images of all units into its own samples: the decoder is read in order, the residuals of a
/// slice of samples stay in the cache.
void Batch::reconstruct_sparse(const Network& network) {
#pragma omp parallel num_threads(n_threads())
  {
    const int n_parts = omp_get_num_threads(), part = omp_get_thread_num();
    const int begin = n_samples_ * part / n_parts, end = n_samples_ * (part + 1) / n_parts;
    for (int i = begin; i < end; ++i) start_residual(network, i);
    for (int unit = 0; unit < n_hidden_; ++unit)
      for (std::int32_t e = list_begin_[unit]; e < list_begin_[unit + 1]; ++e) {
        const CodeEntry& entry = entries_[static_cast<std::size_t>(e)];
        if (entry.sample >= begin && entry.sample < end)
          kernels_.add_scaled(residuals_.data() + std::ptrdiff_t{entry.sample} * stride_,
                              network.decoder_row(unit), entry.value, stride_);
      }
  }
}

/// R = A D + c - X
void Batch::reconstruct_dense(const Network& network) {
#pragma omp parallel num_threads(n_threads())
  {
#pragma omp for schedule(static)
    for (int i = 0; i < n_samples_; ++i) start_residual(network, i);
#pragma omp for schedule(static)
    for (int group = 0; group < stride_ / lanes; group += 4)
      kernels_.product({.n_rows = n_samples_,
                        .n_groups = std::min(4, stride_ / lanes - group),
                        .n_inner = n_hidden_,
                        .a = z_.data(),
                        .a_row = 1,
                        .a_inner = z_row(),
                        .b = network.decoder_row(0) + group * lanes,
                        .b_inner = stride_,
                        .b_group = lanes,
                        .c = residuals_.data() + group * lanes,
                        .c_row = stride_,
                        .c_group = lanes,
                        .row_start = nullptr,
                        .accumulate = true});
  }
}

double Batch::reconstruction_loss() const {
  double sum = 0;
  for (int i = 0; i < n_samples_; ++i) sum += sample_loss_[static_cast<std::size_t>(i)];
  return sum;
}

double Batch::activation_sum(int unit) const {
  double sum = 0;
  if (dense())
    for (int i = 0; i < n_samples_; ++i) sum += z_[unit * z_row() + i];
  else
    for (std::int32_t e = list_begin_[unit]; e < list_begin_[unit + 1]; ++e)
      sum += entries_[static_cast<std::size_t>(e)].value;
  return sum;
}

double Batch::penalty(const PenaltyRule& rule) const {
  if (rule.kind == Penalty::none) return 0;
  double sum = 0;
  if (rule.kind == Penalty::kl) {
    for (int unit = 0; unit < n_hidden_; ++unit)
      sum += kl_divergence(rule.target, activation_sum(unit) / n_samples_);
    return rule.weight * sum;
  }
  if (dense()) {
    for (int unit = 0; unit < n_hidden_; ++unit)
      for (int i = 0; i < n_samples_; ++i) sum += std::abs(z_[unit * z_row() + i]);
  } else {
    for (const CodeEntry& entry : entries_) sum += std::abs(entry.value);
  }
  return rule.weight * sum / n_samples_;
}

PenaltySlope Batch::slope_for(const PenaltyRule& rule, double activation_sum) const {
  if (rule.kind == Penalty::none) return {0, 0};
  if (rule.kind == Penalty::l1) return {rule.weight, 0};
  return {0, static_cast<float>(kl_slope(rule, activation_sum / n_samples_))};
}

}  // namespace ksweep
