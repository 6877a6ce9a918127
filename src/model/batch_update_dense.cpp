// Backward pass and update of a mini-batch of which all activations are kept.
#include <omp.h>

#include <algorithm>

#include "model/batch.h"
#include "model/parameter_rows.h"

namespace ksweep {

void Batch::pack_residuals() {
  if (delta_.empty()) {
    delta_ = AlignedFloats(z_.size());
    packed_residuals_ = AlignedFloats(packed_.size());
  }
  const std::ptrdiff_t group_size = std::ptrdiff_t{stride_} * lanes;
#pragma omp parallel for num_threads(n_threads()) schedule(static)
  for (int group = 0; group < n_groups(); ++group)
    kernels_.pack(residuals_.data() + group * group_size, std::min(lanes, n_samples_ - group * lanes),
                  stride_, stride_, packed_residuals_.data() + group * group_size);
}

/// delta = scale (D R^T + slope of the penalty) f'(a), and the activations times scale, of some units.
void Batch::deltas_of(const Network& network, const PenaltyRule& penalty, Range units) {
  const int begin = units.begin, count = units.count();
  float* const code = z_.data() + begin * z_row();
  float* const delta = delta_.data() + begin * z_row();
  kernels_.product({.n_rows = count,
                    .n_groups = n_groups(),
                    .n_inner = stride_,
                    .a = network.decoder_row(begin),
                    .a_row = stride_,
                    .a_inner = 1,
                    .b = packed_residuals_.data(),
                    .b_inner = lanes,
                    .b_group = std::ptrdiff_t{stride_} * lanes,
                    .c = delta,
                    .c_row = z_row(),
                    .c_group = lanes,
                    .row_start = nullptr,
                    .accumulate = false});
  for (int u = 0; u < count; ++u) {
    const PenaltySlope slope =
        slope_for(penalty, penalty.kind == Penalty::kl ? activation_sum(begin + u) : 0);
    if (regime_.dropout > 0)
      for (int i = 0; i < n_samples_; ++i) delta[u * z_row() + i] *= mask_[(begin + u) * z_row() + i];
    hidden_gradient_[begin + u] = kernels_.delta_row(shape_, slope, 1.0f / static_cast<float>(n_samples_),
                                                     n_samples_, code + u * z_row(), delta + u * z_row());
  }
}

void Batch::update_dense(Network& network, OptimizerState& state, const PenaltyRule& penalty,
                         const UpdateRule& rule, Range units) {
  const int begin = units.begin, count = units.count();
  float* const gradient = scratch_[static_cast<std::size_t>(omp_get_thread_num())].data();
  deltas_of(network, penalty, units);
  // scale A^T R, and delta X: the same rows if tied
  const Product decoder_gradient{.n_rows = count,
                                 .n_groups = stride_ / lanes,
                                 .n_inner = n_samples_,
                                 .a = z_.data() + begin * z_row(),
                                 .a_row = z_row(),
                                 .a_inner = 1,
                                 .b = residuals_.data(),
                                 .b_inner = stride_,
                                 .b_group = lanes,
                                 .c = gradient,
                                 .c_row = stride_,
                                 .c_group = lanes,
                                 .row_start = nullptr,
                                 .accumulate = false};
  Product encoder_gradient = decoder_gradient;
  encoder_gradient.a = delta_.data() + begin * z_row();
  encoder_gradient.b = inputs_.data();
  encoder_gradient.accumulate = network.tied();
  if (!network.tied()) encoder_gradient.c = gradient + std::ptrdiff_t{slice_size} * stride_;
  kernels_.product(decoder_gradient);
  kernels_.product(encoder_gradient);
  for (int u = 0; u < count; ++u) {
    const std::ptrdiff_t offset = std::ptrdiff_t{begin + u} * stride_;
    const ParameterRow encoder = row_of(network.encoder, state.first.encoder, state.second.encoder, offset);
    float* const of_encoder = encoder_gradient.c + std::ptrdiff_t{u} * stride_;
    if (pre_bias_) {
      note_bias_pull(network, begin + u);
      kernels_.add_scaled(of_encoder, network.visible_bias.data(), -hidden_gradient_[begin + u], stride_);
    }
    if (network.tied()) {
      move_decoder(rule, encoder, of_encoder);
    } else {
      kernels_.update(rule, encoder, of_encoder, stride_);
      move_decoder(rule, row_of(network.decoder, state.first.decoder, state.second.decoder, offset),
                   decoder_gradient.c + std::ptrdiff_t{u} * stride_);
    }
  }
}

}  // namespace ksweep
