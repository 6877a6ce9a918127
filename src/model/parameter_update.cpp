#include "model/parameter_update.h"

#include <algorithm>

namespace ksweep {

ParameterUpdate::ParameterUpdate(const Kernels& kernels, const Network& network)
    : kernels_(kernels),
      stride_(network.stride),
      pre_bias_(network.pre_bias),
      unit_norm_(network.unit_norm),
      hidden_gradient_(static_cast<std::size_t>(padded(network.n_hidden))),
      visible_gradient_(static_cast<std::size_t>(stride_)),
      threshold_gradient_(network.thresholds.size()),
      encoder_gradient_of_bias_(static_cast<std::size_t>(
          pre_bias_ ? (network.n_hidden + slice_size - 1) / slice_size * stride_ : 0)) {}

void ParameterUpdate::begin() { std::ranges::fill(encoder_gradient_of_bias_.span(), 0.0f); }

/// With pre_bias, the visible bias also affects the loss through the hidden units.  That part of its gradient
/// is summed by slice, so that bits do not depend on the number of threads.
void ParameterUpdate::set_hidden_gradient(const Network& network, int unit, float gradient) {
  hidden_gradient_[unit] = gradient;
  if (!pre_bias_) return;
  kernels_.add_scaled(encoder_gradient_of_bias_.data() + std::ptrdiff_t{unit / slice_size} * stride_,
                      network.encoder_row(unit), -gradient, stride_);
}

/// For rows of length 1, removes the gradient's component along the row (Gao et al. 2024, appendix A.1) and
/// normalises the row afterwards.
void ParameterUpdate::apply_to_decoder(const UpdateRule& rule, ParameterRow row, float* gradient) const {
  if (!unit_norm_) return kernels_.update(rule, row, gradient, stride_);
  kernels_.add_scaled(gradient, row.value, -kernels_.dot(gradient, row.value, stride_), stride_);
  kernels_.update(without_decay(rule), row, gradient, stride_);
  normalise(row.value, stride_);
}

void ParameterUpdate::apply_to_decoder(const UpdateRule& rule, ParameterRow row, const GradientTerm* terms,
                                       int n_terms, float* scratch) const {
  if (!unit_norm_) return kernels_.apply_terms(rule, row, terms, n_terms, stride_);
  float *const nothing = scratch, *const gradient = scratch + stride_;
  std::fill_n(scratch, 2 * stride_, 0.0f);
  // A step of gradient descent with rate and momentum 0 only stores the sum of the terms as the moment.
  const UpdateRule sum_only{.optimizer = Optimizer::sgd, .rate = 0, .momentum = 0, .decay = 0};
  kernels_.apply_terms(sum_only, {nothing, gradient, nullptr}, terms, n_terms, stride_);
  apply_to_decoder(rule, row, gradient);
}

void ParameterUpdate::update_hidden_bias(const LearningStep& step, Range units) const {
  const auto& [network, state, penalty, rule] = step;
  kernels_.update(without_decay(rule),
                  row_of(network.hidden_bias, state.first.hidden_bias, state.second.hidden_bias, units.begin),
                  hidden_gradient_.data() + units.begin, padded(units.count()));
  if (network.thresholds.empty()) return;
  kernels_.update(without_decay(rule),
                  row_of(network.thresholds, state.first.thresholds, state.second.thresholds, units.begin),
                  threshold_gradient_.data() + units.begin, padded(units.count()));
}

void ParameterUpdate::update_visible_bias(const LearningStep& step, const ForwardPass& pass) {
  const auto& [network, state, penalty, rule] = step;
  kernels_.column_sums(pass.residuals, pass.n_samples, stride_, 0, stride_,
                       1.0f / static_cast<float>(pass.n_samples), visible_gradient_.data());
  for (std::size_t slice = 0; slice < encoder_gradient_of_bias_.size();
       slice += static_cast<std::size_t>(stride_))
    kernels_.add_scaled(visible_gradient_.data(), encoder_gradient_of_bias_.data() + slice, 1, stride_);
  kernels_.update(without_decay(rule),
                  row_of(network.visible_bias, state.first.visible_bias, state.second.visible_bias, 0),
                  visible_gradient_.data(), stride_);
}

}  // namespace ksweep
