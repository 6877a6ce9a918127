#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/team.h"
#include "core/trial.h"

namespace ksweep {

/// What says how many activations are kept.
struct RuleSettings {
  int k = 0;
  double lifetime = 1;
  int n_samples = 0;  ///< of the mini-batch
};

/// A sparsity rule: which activations of a hidden layer a training keeps of a mini-batch.
struct SparsityRule {
  /// What it chooses from at a time: all units of one sample, all samples of one unit, or all of the mini-batch.
  enum class Scope { sample, unit, batch };
  Scope scope;
  /// kept[i] = 1 for those of these activations that are kept; it is 0 before.
  void (*keep)(std::span<const float> activations, const RuleSettings& settings,
               std::span<std::uint8_t> kept);
};

/// The rule of a kind of model; null: it keeps all.
const SparsityRule* sparsity_rule(ModelKind kind);

/// The share of a mini-batch's activations that a rule keeps, if no two are equal; null: all.
double share_kept(const SparsityRule* rule, const RuleSettings& settings, int n_units);

/// The share of a code that dropout leaves where units are dropped before the rule chooses, against the code without
/// dropout.  A rule fills up the places of those that were dropped: it keeps as many as ever, as long as there are so
/// many.  Where nothing is left to fill up with, above all where all are kept, it is 1 - dropout.
double share_left(double dropout, const SparsityRule* rule, const RuleSettings& settings, int n_units);

/// The activations of one hidden layer for a mini-batch, in any layout.
struct Activations {
  const float* values;
  std::ptrdiff_t unit_step, sample_step;  ///< numbers from one unit, or sample, to the next
  int n_units, n_samples;
};

/// Applies rules to mini-batches.
class Keeper {
 public:
  /// The team must outlive the object.
  explicit Keeper(const Team& team) : team_(team) {}

  /// kept[u * unit_step + s * sample_step] = 1 where the rule keeps unit u of sample s, else 0.
  void keep(const SparsityRule& rule, RuleSettings settings, const Activations& activations,
            std::uint8_t* kept);

 private:
  struct Line {
    std::vector<float> activations;
    std::vector<std::uint8_t> kept;
  };
  const Team& team_;
  std::vector<Line> lines_;  // one for each thread
};

/// The `count` largest of these activations; ties: the first; NaN is never kept.
void keep_largest(std::span<const float> activations, std::size_t count, std::span<std::uint8_t> kept);

namespace rules {
#define RULE(enumerator, name, key, encodes, help) extern const SparsityRule* const enumerator;
#include "core/sparsity_rules.def"
#undef RULE
}  // namespace rules

}  // namespace ksweep
