#include "model/sparse_update.h"

namespace ksweep {
namespace {

double sum_of(std::span<const CodeEntry> entries) {
  double sum = 0;
  for (const CodeEntry& entry : entries) sum += entry.value;
  return sum;
}

}  // namespace

SparseUpdate::SparseUpdate(const Kernels& kernels, const Network& network, ParameterUpdate& parameters)
    : kernels_(kernels),
      parameters_(parameters),
      shape_(network.activation),
      n_hidden_(network.n_hidden),
      stride_(network.stride) {}

void SparseUpdate::begin(const SparseCode& code, const AuxK& aux, const ThresholdWindow& window) {
  const std::size_t count = code.size() + (aux.is_used() ? aux.code().size() : 0);
  scaled_code_.resize(count);
  deltas_.resize(count);
  terms_.resize(2 * count + static_cast<std::size_t>(n_hidden_));
  if (window.bandwidth > 0) window_products_.resize(window.code.size());
}

void SparseUpdate::find_threshold_gradients(const LearningStep& step, const ForwardPass& pass,
                                            const SparseCode& code, const ThresholdWindow& window,
                                            Range units) {
  const double n_samples = pass.n_samples, bandwidth = window.bandwidth;
  const double of_l0 = l0_slope(step.penalty, static_cast<double>(code.size()) / n_samples);
  for (int unit = units.begin; unit < units.end; ++unit) {
    const std::span<const CodeEntry> entries = window.code.of_unit(unit);
    float* const products = window_products_.data() + window.code.begin(unit);
    kernels_.entry_products(step.network.decoder_row(unit), entries.data(), static_cast<int>(entries.size()),
                            pass.residuals, stride_, stride_, products);
    double sum = 0;
    for (std::size_t e = 0; e < entries.size(); ++e) sum += static_cast<double>(products[e]);
    const double threshold = step.network.thresholds[unit];
    parameters_.set_threshold_gradient(
        unit, static_cast<float>(-(threshold * sum + of_l0 * static_cast<double>(entries.size())) /
                                 (bandwidth * n_samples)));
  }
}

void SparseUpdate::update(const LearningStep& step, const ForwardPass& pass, const SparseCode& code,
                          const AuxK& aux, float aux_weight, Range units, float* scratch) {
  for (int unit = units.begin; unit < units.end; ++unit) {
    const UnitCode of_unit = code_of(unit, pass, code, aux, aux_weight);
    kernels_.entry_products(step.network.decoder_row(unit), of_unit.entries.data(), of_unit.count(),
                            of_unit.residuals, stride_, stride_, deltas_.data() + of_unit.offset);
    gather_gradient(step, pass, unit, of_unit);
    apply_gradient(step, unit, of_unit, scratch);
  }
}

/// A dead unit that is part of the code does not take part in AuxK.
SparseUpdate::UnitCode SparseUpdate::code_of(int unit, const ForwardPass& pass, const SparseCode& code,
                                             const AuxK& aux, float aux_weight) const {
  const int aux_begin = aux.is_used() ? aux.code().begin(unit) : 0;
  const std::ptrdiff_t offset = code.begin(unit) + aux_begin;
  if (!aux.is_used() || code.count(unit) > 0)
    return {code.of_unit(unit), offset, pass.residuals_of(unit, stride_), 1, true};
  return {aux.code().of_unit(unit), offset, aux.residuals(), aux_weight, false};
}

void SparseUpdate::gather_gradient(const LearningStep& step, const ForwardPass& pass, int unit,
                                   const UnitCode& code) {
  float *value = scaled_code_.data() + code.offset, *delta = deltas_.data() + code.offset;
  for (int e = 0; e < code.count(); ++e) value[e] = code.entries[static_cast<std::size_t>(e)].value;
  const PenaltySlope slope = code.penalised
                                 ? penalty_slope(
                                       step.penalty, [&] { return sum_of(code.entries); }, pass.n_samples)
                                 : PenaltySlope{0, 0};
  const float gradient = kernels_.delta_row(shape_, slope, code.weight / static_cast<float>(pass.n_samples),
                                            code.count(), value, delta);
  parameters_.set_hidden_gradient(step.network, unit, gradient);
  GradientTerm* const terms = terms_of(unit, code);
  for (int e = 0; e < code.count(); ++e) {
    const int sample = code.entries[static_cast<std::size_t>(e)].sample;
    terms[e] = {code.residuals + std::ptrdiff_t{sample} * stride_, value[e]};
    terms[code.count() + e] = {pass.input(sample), delta[e]};
  }
  // The encoder's inputs are the samples minus the visible bias.
  if (parameters_.pre_bias()) terms[2 * code.count()] = {step.network.visible_bias.data(), -gradient};
}

/// The terms of the residuals belong to the decoder, those of the inputs to the encoder; with tied weights,
/// all belong to both.
void SparseUpdate::apply_gradient(const LearningStep& step, int unit, const UnitCode& code, float* scratch) {
  const int count = code.count(), of_inputs = count + (parameters_.pre_bias() ? 1 : 0);
  const GradientTerm* const terms = terms_of(unit, code);
  if (step.network.tied())
    return parameters_.apply_to_decoder(step.rule, step.encoder(unit), terms, count + of_inputs, scratch);
  parameters_.apply_to_decoder(step.rule, step.decoder(unit), terms, count, scratch);
  kernels_.apply_terms(step.rule, step.encoder(unit), terms + count, of_inputs, stride_);
}

}  // namespace ksweep
