#include "model/rules.h"

#include <omp.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace ksweep {
namespace {

/// Memory layout of the sets of activations that a rule chooses from.
struct Lines {
  int n_lines, n_outer, n_inner;  // a line has n_outer runs of n_inner numbers
  std::ptrdiff_t line_step, outer_step, inner_step;
};

Lines lines_of(const SparsityRule& rule, const Activations& a) {
  switch (rule.scope) {
    case RuleScope::sample:
      return {a.n_samples, 1, a.n_units, a.sample_step, 0, a.unit_step};
    case RuleScope::unit:
      return {a.n_units, 1, a.n_samples, a.unit_step, 0, a.sample_step};
    case RuleScope::batch:
    case RuleScope::none:
      break;
  }
  // Always sample after sample, so that ties are broken in the same way in every layout.
  return {1, a.n_samples, a.n_units, 0, a.sample_step, a.unit_step};
}

}  // namespace

const SparsityRule* sparsity_rule(ModelKind kind) {
  switch (kind) {
#define RULE(enumerator, name, key, encodes, scope, help)                    \
  case ModelKind::enumerator: {                                              \
    static constexpr SparsityRule rule{RuleScope::scope, rules::enumerator}; \
    return RuleScope::scope == RuleScope::none ? nullptr : &rule;            \
  }
#include "core/sparsity_rules.def"
#undef RULE
    default:
      return nullptr;
  }
}

const SparsityRule* threshold_rule() {
  static constexpr SparsityRule rule{RuleScope::sample, rules::jump_relu};
  return &rule;
}

bool keeps_largest_of_batch(const SparsityRule& rule) {
  return rule.keep == rules::batch_topk || rule.keep == rules::matryoshka;
}

bool keeps_above_thresholds(const SparsityRule& rule) { return rule.keep == rules::jump_relu; }

double share_kept(const SparsityRule* rule, const RuleSettings& settings, int n_units) {
  if (!rule) return 1;
  const auto n_of_unit = static_cast<std::size_t>(settings.n_samples);
  const auto n_of_sample = static_cast<std::size_t>(n_units);
  const std::size_t length = rule->scope == RuleScope::sample ? n_of_sample
                             : rule->scope == RuleScope::unit ? n_of_unit
                                                              : n_of_sample * n_of_unit;
  std::vector<float> activations(length);
  std::iota(activations.begin(), activations.end(), 1.0f);
  std::vector<std::uint8_t> kept(length);
  rule->keep(activations, settings, kept);
  return static_cast<double>(std::ranges::count(kept, 1)) / static_cast<double>(length);
}

double share_left(double dropout, const SparsityRule* rule, const RuleSettings& settings, int n_units) {
  if (dropout == 0) return 1;
  return std::min(1.0, (1 - dropout) / share_kept(rule, settings, n_units));
}

void RuleApplier::keep(const SparsityRule& rule, RuleSettings settings, const Activations& activations,
                       std::uint8_t* kept) {
  settings.n_samples = activations.n_samples;
  const Lines lines = lines_of(rule, activations);
  const auto length = static_cast<std::size_t>(lines.n_outer) * lines.n_inner;
  lines_.resize(std::max(lines_.size(), static_cast<std::size_t>(team_.n_threads())));
  for (Line& line : lines_) {
    line.activations.resize(length);
    line.kept.resize(length);
  }
#pragma omp parallel for num_threads(team_.n_threads()) schedule(static)
  for (int l = 0; l < lines.n_lines; ++l) {
    Line& line = lines_[static_cast<std::size_t>(omp_get_thread_num())];
    const auto place = [&](int outer, int inner) {
      return l * lines.line_step + outer * lines.outer_step + inner * lines.inner_step;
    };
    std::size_t next = 0;
    for (int o = 0; o < lines.n_outer; ++o)
      for (int i = 0; i < lines.n_inner; ++i) line.activations[next++] = activations.values[place(o, i)];
    std::ranges::fill(line.kept, std::uint8_t{0});
    rule.keep(line.activations, settings, line.kept);
    next = 0;
    for (int o = 0; o < lines.n_outer; ++o)
      for (int i = 0; i < lines.n_inner; ++i) kept[place(o, i)] = line.kept[next++];
  }
}

void keep_above(std::span<const float> activations, std::span<const float> thresholds,
                std::span<std::uint8_t> kept) {
  for (std::size_t i = 0; i < activations.size(); ++i) kept[i] = activations[i] > thresholds[i];
}

void keep_largest(std::span<const float> activations, std::size_t count, std::span<std::uint8_t> kept) {
  std::vector<float> sorted;
  for (const float activation : activations)
    if (!std::isnan(activation)) sorted.push_back(activation);
  count = std::min(count, sorted.size());
  if (count == 0) return;
  const auto last = sorted.begin() + static_cast<std::ptrdiff_t>(count) - 1;
  std::ranges::nth_element(sorted, last, std::greater<>{});
  const float least = *last;
  auto n_ties = count - static_cast<std::size_t>(std::ranges::count_if(
                            activations, [&](float activation) { return activation > least; }));
  for (std::size_t i = 0; i < activations.size(); ++i) {
    const bool tie = activations[i] == least && n_ties > 0;
    if (tie) --n_ties;
    kept[i] = activations[i] > least || tie;
  }
}

}  // namespace ksweep
