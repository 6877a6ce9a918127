// Backward pass and update of a mini-batch.
#include <omp.h>

#include <algorithm>

#include "model/batch.h"

namespace ksweep {
namespace {

Network zeros_like(const Network& network) {
  Network zeros;
  zeros.n_inputs = network.n_inputs;
  zeros.n_hidden = network.n_hidden;
  zeros.stride = network.stride;
  zeros.encoder = AlignedFloats(network.encoder.size());
  zeros.decoder = AlignedFloats(network.decoder.size());
  zeros.hidden_bias = AlignedFloats(network.hidden_bias.size());
  zeros.visible_bias = AlignedFloats(network.visible_bias.size());
  return zeros;
}

}  // namespace

OptimizerState initial_state(const Network& network, Optimizer optimizer) {
  return {zeros_like(network), optimizer == Optimizer::adam ? zeros_like(network) : Network{}};
}

void Batch::update(Network& network, OptimizerState& state, const PenaltyRule& penalty,
                   const UpdateRule& rule, Batch* next) {
  if (dense())
    pack_residuals();
  else
    make_room_for_pulls();
  share_out(n_hidden_, slice_size, n_threads(), [&](Range units) {
    if (dense())
      update_dense(network, state, penalty, rule, units);
    else
      update_sparse(network, state, penalty, rule, units);
    update_hidden_bias(network, state, rule, units);
    if (next) next->weigh(network, units, &state);
  });
  update_visible_bias(network, state, rule);
}

namespace {

ParameterRow row_of(AlignedFloats& values, AlignedFloats& first, AlignedFloats& second,
                    std::ptrdiff_t offset) {
  if (values.empty()) return {nullptr, nullptr, nullptr};
  return {values.data() + offset, first.data() + offset, second.empty() ? nullptr : second.data() + offset};
}

UpdateRule without_decay(UpdateRule rule) {
  rule.decay = 0;
  return rule;
}

}  // namespace

void Batch::make_room_for_pulls() {
  scaled_code_.resize(entries_.size());
  products_.resize(entries_.size());
  pulls_.resize(2 * entries_.size());
}

void Batch::update_sparse(Network& network, OptimizerState& state, const PenaltyRule& penalty,
                          const UpdateRule& rule, Range units) {
  for (int unit = units.begin; unit < units.end; ++unit) {
    const int begin = list_begin_[unit];
    kernels_.entry_products(network.decoder_row(unit), entries_.data() + begin, list_begin_[unit + 1] - begin,
                            residuals_.data(), stride_, stride_, products_.data() + begin);
    list_pulls(penalty, unit);
    pull(network, state, rule, unit);
  }
}

void Batch::list_pulls(const PenaltyRule& penalty, int unit) {
  const int begin = list_begin_[unit], count = list_begin_[unit + 1] - begin;
  const CodeEntry* entries = entries_.data() + begin;
  float *code = scaled_code_.data() + begin, *delta = products_.data() + begin;
  for (int e = 0; e < count; ++e) code[e] = entries[e].value;
  const PenaltySlope slope = slope_for(penalty, penalty.kind == Penalty::kl ? activation_sum(unit) : 0);
  hidden_gradient_[unit] =
      kernels_.delta_row(shape_, slope, 1.0f / static_cast<float>(n_samples_), count, code, delta);
  Pull* pulls = pulls_.data() + 2 * std::ptrdiff_t{begin};
  for (int e = 0; e < count; ++e) {
    const std::ptrdiff_t row = std::ptrdiff_t{entries[e].sample} * stride_;
    pulls[e] = {residuals_.data() + row, code[e]};
    pulls[count + e] = {inputs_.data() + row, delta[e]};
  }
}

/// The residuals pull the decoder, the inputs the encoder; if tied, both pull the same row.
void Batch::pull(Network& network, OptimizerState& state, const UpdateRule& rule, int unit) const {
  const std::ptrdiff_t offset = std::ptrdiff_t{unit} * stride_;
  const int begin = list_begin_[unit], count = list_begin_[unit + 1] - begin;
  const Pull* pulls = pulls_.data() + 2 * std::ptrdiff_t{begin};
  const ParameterRow encoder = row_of(network.encoder, state.first.encoder, state.second.encoder, offset);
  const ParameterRow decoder = row_of(network.decoder, state.first.decoder, state.second.decoder, offset);
  if (network.tied()) {
    kernels_.pull(rule, encoder, pulls, 2 * count, stride_);
  } else {
    kernels_.pull(rule, decoder, pulls, count, stride_);
    kernels_.pull(rule, encoder, pulls + count, count, stride_);
  }
}

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
    kernels_.update(rule, row_of(network.encoder, state.first.encoder, state.second.encoder, offset),
                    encoder_gradient.c + std::ptrdiff_t{u} * stride_, stride_);
    if (!network.tied())
      kernels_.update(rule, row_of(network.decoder, state.first.decoder, state.second.decoder, offset),
                      decoder_gradient.c + std::ptrdiff_t{u} * stride_, stride_);
  }
}

void Batch::update_hidden_bias(Network& network, OptimizerState& state, const UpdateRule& rule, Range units) {
  kernels_.update(without_decay(rule),
                  row_of(network.hidden_bias, state.first.hidden_bias, state.second.hidden_bias, units.begin),
                  hidden_gradient_.data() + units.begin, padded(units.count()));
}

void Batch::update_visible_bias(Network& network, OptimizerState& state, const UpdateRule& rule) {
  kernels_.column_sums(residuals_.data(), n_samples_, stride_, 0, stride_,
                       1.0f / static_cast<float>(n_samples_), visible_gradient_.data());
  kernels_.update(without_decay(rule),
                  row_of(network.visible_bias, state.first.visible_bias, state.second.visible_bias, 0),
                  visible_gradient_.data(), stride_);
}

}  // namespace ksweep
