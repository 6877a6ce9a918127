// Backward pass and update of a mini-batch.
#include <omp.h>

#include <algorithm>

#include "model/batch.h"
#include "model/parameter_rows.h"

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
  return {zeros_like(network), n_moments(optimizer) > 1 ? zeros_like(network) : Network{}};
}

void Batch::update(Network& network, OptimizerState& state, const PenaltyRule& penalty,
                   const UpdateRule& rule, Batch* next) {
  if (dense())
    pack_residuals();
  else
    make_room_for_pulls();
  std::ranges::fill(bias_pulls_.span(), 0.0f);
  // What is subtracted from the inputs is known only after the last unit has pulled at it.
  Batch* const along = pre_bias_ ? nullptr : next;
  share_out(n_hidden_, slice_size, n_threads(), [&](Range units) {
    if (dense())
      update_dense(network, state, penalty, rule, units);
    else
      update_sparse(network, state, penalty, rule, units);
    update_hidden_bias(network, state, rule, units);
    if (along) along->weigh(network, units, &state);
  });
  update_visible_bias(network, state, rule);
  if (next && !along)
    share_out(n_hidden_, slice_size, n_threads(), [&](Range units) { next->weigh(network, units, nullptr); });
}

void Batch::make_room_for_pulls() {
  const std::size_t count = entries_.size() + (aux_begin_.empty() ? 0 : aux_entries_.size());
  scaled_code_.resize(count);
  products_.resize(count);
  pulls_.resize(2 * count + static_cast<std::size_t>(n_hidden_));
}

/// A dead unit that woke up by itself needs no help.
Batch::UnitCode Batch::code_of(int unit) const {
  const int begin = list_begin_[unit], count = list_begin_[unit + 1] - begin;
  if (aux_begin_.empty()) return {entries_.data() + begin, count, begin, residuals_.data(), 1, true};
  const int aux_begin = aux_begin_[unit];
  if (count > 0) return {entries_.data() + begin, count, begin + aux_begin, residuals_.data(), 1, true};
  return {aux_entries_.data() + aux_begin,
          aux_begin_[unit + 1] - aux_begin,
          begin + aux_begin,
          aux_residuals_.data(),
          regime_.aux_weight,
          false};
}

void Batch::update_sparse(Network& network, OptimizerState& state, const PenaltyRule& penalty,
                          const UpdateRule& rule, Range units) {
  for (int unit = units.begin; unit < units.end; ++unit) {
    const UnitCode code = code_of(unit);
    kernels_.entry_products(network.decoder_row(unit), code.entries, code.count, code.residuals, stride_,
                            stride_, products_.data() + code.offset);
    list_pulls(network, penalty, unit, code);
    pull(network, state, rule, unit, code);
  }
}

void Batch::list_pulls(const Network& network, const PenaltyRule& penalty, int unit, const UnitCode& code) {
  float *value = scaled_code_.data() + code.offset, *delta = products_.data() + code.offset;
  for (int e = 0; e < code.count; ++e) value[e] = code.entries[e].value;
  const PenaltySlope slope = code.penalised
                                 ? slope_for(penalty, penalty.kind == Penalty::kl ? activation_sum(unit) : 0)
                                 : PenaltySlope{0, 0};
  hidden_gradient_[unit] = kernels_.delta_row(shape_, slope, code.weight / static_cast<float>(n_samples_),
                                              code.count, value, delta);
  Pull* pulls = pulls_.data() + 2 * code.offset + unit;
  for (int e = 0; e < code.count; ++e) {
    const std::ptrdiff_t row = std::ptrdiff_t{code.entries[e].sample} * stride_;
    pulls[e] = {code.residuals + row, value[e]};
    pulls[code.count + e] = {inputs_.data() + row, delta[e]};
  }
  // The inputs that count are those less the visible bias.
  if (pre_bias_) pulls[2 * code.count] = {network.visible_bias.data(), -hidden_gradient_[unit]};
}

/// The residuals pull the decoder, the inputs the encoder; if tied, both pull the same row.
void Batch::pull(Network& network, OptimizerState& state, const UpdateRule& rule, int unit,
                 const UnitCode& code) {
  const std::ptrdiff_t offset = std::ptrdiff_t{unit} * stride_;
  const int count = code.count, n_inputs_pulls = count + (pre_bias_ ? 1 : 0);
  const Pull* pulls = pulls_.data() + 2 * code.offset + unit;
  const ParameterRow encoder = row_of(network.encoder, state.first.encoder, state.second.encoder, offset);
  const ParameterRow decoder = row_of(network.decoder, state.first.decoder, state.second.decoder, offset);
  const auto pull_decoder = [&](ParameterRow row, int n_pulls) {
    unit_norm_ ? pull_across(rule, row, pulls, n_pulls) : kernels_.pull(rule, row, pulls, n_pulls, stride_);
  };
  if (pre_bias_) note_bias_pull(network, unit);
  if (network.tied()) {
    pull_decoder(encoder, count + n_inputs_pulls);
  } else {
    pull_decoder(decoder, count);
    kernels_.pull(rule, encoder, pulls + count, n_inputs_pulls, stride_);
  }
}

/// The visible bias reaches the loss through the hidden units too.  Summed slice by slice, so that bits do not depend on
/// threads.
void Batch::note_bias_pull(const Network& network, int unit) {
  kernels_.add_scaled(bias_pulls_.data() + std::ptrdiff_t{unit / slice_size} * stride_,
                      network.encoder_row(unit), -hidden_gradient_[unit], stride_);
}

/// The gradient that the pulls add up to moves a row of length 1.
void Batch::pull_across(const UpdateRule& rule, ParameterRow row, const Pull* pulls, int n_pulls) {
  float* const nothing = scratch_[static_cast<std::size_t>(omp_get_thread_num())].data();
  float* const gradient = nothing + stride_;
  std::fill_n(nothing, 2 * stride_, 0.0f);
  // A step of gradient descent without momentum, and of length 0, leaves the gradient where its memory would be.
  const UpdateRule sum_only{.optimizer = Optimizer::sgd, .rate = 0, .momentum = 0, .decay = 0};
  kernels_.pull(sum_only, {nothing, gradient, nullptr}, pulls, n_pulls, stride_);
  move_decoder(rule, row, gradient);
}

/// With unit_norm, only across the row (Gao et al. 2024, appendix A.1), which has length 1 again afterwards.
void Batch::move_decoder(const UpdateRule& rule, ParameterRow row, float* gradient) const {
  if (!unit_norm_) return kernels_.update(rule, row, gradient, stride_);
  kernels_.add_scaled(gradient, row.value, -kernels_.dot(gradient, row.value, stride_), stride_);
  kernels_.update(without_decay(rule), row, gradient, stride_);
  normalise(row.value, stride_);
}

void Batch::update_hidden_bias(Network& network, OptimizerState& state, const UpdateRule& rule, Range units) {
  kernels_.update(without_decay(rule),
                  row_of(network.hidden_bias, state.first.hidden_bias, state.second.hidden_bias, units.begin),
                  hidden_gradient_.data() + units.begin, padded(units.count()));
}

void Batch::update_visible_bias(Network& network, OptimizerState& state, const UpdateRule& rule) {
  kernels_.column_sums(residuals_.data(), n_samples_, stride_, 0, stride_,
                       1.0f / static_cast<float>(n_samples_), visible_gradient_.data());
  for (std::size_t slice = 0; slice < bias_pulls_.size(); slice += static_cast<std::size_t>(stride_))
    kernels_.add_scaled(visible_gradient_.data(), bias_pulls_.data() + slice, 1, stride_);
  kernels_.update(without_decay(rule),
                  row_of(network.visible_bias, state.first.visible_bias, state.second.visible_bias, 0),
                  visible_gradient_.data(), stride_);
}

}  // namespace ksweep
