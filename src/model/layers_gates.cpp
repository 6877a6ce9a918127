// Gates of hidden activations: sparsity rules and dropout.
#include <omp.h>

#include <algorithm>

#include "model/layers_batch.h"

namespace ksweep {
namespace {

const SparsityRule* rule_of(std::size_t layer, const Gates& gates) {
  return layer < gates.rules.size() ? gates.rules[layer].rule : nullptr;
}

}  // namespace

LayersBatch::Selection::Selection(const Layer& layer)
    : packed(static_cast<std::size_t>(lanes) * static_cast<std::size_t>(layer.stride)),
      floats(static_cast<std::size_t>(select_scratch(layer.n_outputs))),
      values(packed.size()),
      candidates(static_cast<std::size_t>(select_candidates(layer.n_outputs))),
      units(packed.size()) {}

bool LayersBatch::drops(std::size_t layer, const Gates& gates) const {
  return gates.noise && gates.noise->dropout > 0 && layer + 1 < steps_.size();
}

bool LayersBatch::is_gated(std::size_t layer, const Gates& gates) const {
  return rule_of(layer, gates) || drops(layer, gates);
}

void LayersBatch::gate(const Layer& layer, std::size_t position, const Gates& gates) {
  Step& step = steps_[position];
  step.gated = true;
  if (step.gates.empty()) {
    step.gates = AlignedFloats(step.outputs.size());
    step.ungated = AlignedFloats(step.outputs.size());
  }
  if (const SparsityRule* rule = rule_of(position, gates)) {
    step.kept.resize(step.outputs.size());
    if (rule == sparsity_rule(ModelKind::k_sparse))
      keep_largest_of_samples(layer, position, gates.rules[position].settings.k);
    else
      keeper_.keep(*rule, gates.rules[position].settings,
                   {step.outputs.data(), 1, layer.stride, layer.n_outputs, n_samples_}, step.kept.data());
  }
#pragma omp parallel for num_threads(n_threads()) schedule(static)
  for (int i = 0; i < n_samples_; ++i) gate_sample(layer, position, gates, i);
}

/// Applies the rule k_sparse by its kernel: keeps the same units in a tenth of the time.
void LayersBatch::keep_largest_of_samples(const Layer& layer, std::size_t position, int k) {
  Step& step = steps_[position];
  if (k >= layer.n_outputs) return void(std::ranges::fill(step.kept, std::uint8_t{1}));
  std::ranges::fill(step.kept, std::uint8_t{0});
  while (static_cast<int>(step.selections.size()) < n_threads()) step.selections.emplace_back(layer);
#pragma omp parallel for num_threads(n_threads()) schedule(static)
  for (int first = 0; first < n_samples_; first += lanes) {
    Selection& s = step.selections[static_cast<std::size_t>(omp_get_thread_num())];
    const int count = std::min(lanes, n_samples_ - first);
    kernels_.pack(outputs(first, position), count, layer.stride, layer.stride, s.packed.data());
    kernels_.select(s.packed.data(), lanes, layer.n_outputs, count, k, s.units.data(), s.values.data(),
                    s.n_kept, s.floats.data(), s.candidates.data());
    for (int lane = 0; lane < count; ++lane) {
      const std::int32_t* const units = s.units.data() + std::ptrdiff_t{lane} * k;
      std::uint8_t* const kept = step.kept.data() + (first + lane) * std::ptrdiff_t{layer.stride};
      for (int e = 0; e < s.n_kept[lane]; ++e) kept[units[e]] = 1;
    }
  }
}

void LayersBatch::gate_sample(const Layer& layer, std::size_t position, const Gates& gates, int sample) {
  Step& step = steps_[position];
  const std::ptrdiff_t row = std::ptrdiff_t{sample} * layer.stride;
  float *const output = step.outputs.data() + row, *const gate = step.gates.data() + row;
  const bool dropping = drops(position, gates);
  const float open = dropping ? static_cast<float>(1 / (1 - gates.noise->dropout)) : 1.0f;
  if (rule_of(position, gates))
    for (int unit = 0; unit < layer.n_outputs; ++unit)
      gate[unit] = step.kept[static_cast<std::size_t>(row + unit)] ? open : 0.0f;
  else
    std::fill_n(gate, layer.n_outputs, open);
  if (dropping)
    zero_at_random(gates.noise->dropout, dropout_stream(*gates.noise, sample, position), gate,
                   layer.n_outputs);
  std::copy_n(output, layer.stride, step.ungated.data() + row);
  for (int unit = 0; unit < layer.n_outputs; ++unit) output[unit] *= gate[unit];
}

std::size_t LayersBatch::count_active(std::size_t layer, std::vector<std::uint32_t>& active) const {
  std::size_t total = 0;
  for (int i = 0; i < n_samples_; ++i) {
    const float* const row = outputs(i, layer);
    for (std::size_t unit = 0; unit < active.size(); ++unit)
      if (row[unit] != 0) ++active[unit], ++total;
  }
  return total;
}

}  // namespace ksweep
