#include "model/dense_update.h"

#include <algorithm>

#include "kernels/matrix_product.h"

namespace ksweep {
namespace {

double sum_of(const float* values, int count) {
  double sum = 0;
  for (int i = 0; i < count; ++i) sum += values[i];
  return sum;
}

}  // namespace

DenseUpdate::DenseUpdate(const Kernels& kernels, const Network& network, ParameterUpdate& parameters)
    : kernels_(kernels), parameters_(parameters), shape_(network.activation), stride_(network.stride) {}

void DenseUpdate::begin(const ForwardPass& pass, const PreActivations& code, int n_threads) {
  const std::ptrdiff_t group_size = std::ptrdiff_t{stride_} * lanes;
  if (deltas_.empty()) {
    deltas_ = AlignedFloats(code.size());
    packed_residuals_ = AlignedFloats(static_cast<std::size_t>(padded(pass.samples.capacity())) *
                                      static_cast<std::size_t>(stride_));
  }
#pragma omp parallel for num_threads(n_threads) schedule(static)
  for (int group = 0; group < code.n_groups(); ++group)
    kernels_.pack(pass.residuals + group * group_size, std::min(lanes, pass.n_samples - group * lanes),
                  stride_, stride_, packed_residuals_.data() + group * group_size);
}

/// Computes delta = scale (D R^T + slope of the penalty) f'(a), and multiplies the activations by scale.
void DenseUpdate::form_deltas(const LearningStep& step, int n_samples, PreActivations& code,
                              const float* mask, Range units) {
  const std::ptrdiff_t row = code.unit_step();
  kernels_.product(matrix_product(
      {units.count(), code.n_groups(), stride_}, rows_of(step.network.decoder_row(units.begin), stride_),
      packed_samples(packed_residuals_.data(), stride_), deltas_.data() + units.begin * row, row));
  for (int unit = units.begin; unit < units.end; ++unit) {
    float *const values = code.unit(unit), *const delta = deltas_.data() + unit * row;
    const PenaltySlope slope = penalty_slope(
        step.penalty, [&] { return sum_of(values, n_samples); }, n_samples);
    if (mask)
      for (int i = 0; i < n_samples; ++i) delta[i] *= mask[unit * row + i];
    parameters_.set_hidden_gradient(
        step.network, unit,
        kernels_.delta_row(shape_, slope, 1.0f / static_cast<float>(n_samples), n_samples, values, delta));
  }
}

void DenseUpdate::update(const LearningStep& step, const ForwardPass& pass, PreActivations& code,
                         const float* mask, Range units, float* scratch) {
  form_deltas(step, pass.n_samples, code, mask, units);
  // Gradients: scale A^T R of the decoder, delta X of the encoder; their sum if the weights are tied.
  const bool tied = step.network.tied();
  float *const of_decoder = scratch, *const of_encoder =
                                         scratch + (tied ? 0 : std::ptrdiff_t{slice_size} * stride_);
  const std::ptrdiff_t row = code.unit_step();
  const ProductSize size{units.count(), stride_ / lanes, pass.n_samples};
  kernels_.product(matrix_product(size, rows_of(code.unit(units.begin), row), by_row(pass.residuals, stride_),
                                  of_decoder, stride_));
  Product product = matrix_product(size, rows_of(deltas_.data() + units.begin * row, row),
                                   by_row(pass.samples.input(0), stride_), of_encoder, stride_);
  product.accumulate = tied;
  kernels_.product(product);
  for (int unit = units.begin; unit < units.end; ++unit) {
    const std::ptrdiff_t offset = std::ptrdiff_t{unit - units.begin} * stride_;
    apply_gradient(step, unit, of_encoder + offset, of_decoder + offset);
  }
}

void DenseUpdate::apply_gradient(const LearningStep& step, int unit, float* of_encoder, float* of_decoder) {
  if (parameters_.pre_bias())  // the encoder's inputs are the samples minus the visible bias
    kernels_.add_scaled(of_encoder, step.network.visible_bias.data(), -parameters_.hidden_gradient(unit),
                        stride_);
  if (step.network.tied()) return parameters_.apply_to_decoder(step.rule, step.encoder(unit), of_encoder);
  kernels_.update(step.rule, step.encoder(unit), of_encoder, stride_);
  parameters_.apply_to_decoder(step.rule, step.decoder(unit), of_decoder);
}

}  // namespace ksweep
