#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/team.h"
#include "core/training_path.h"
#include "core/trial.h"

namespace ksweep {

/// Settings that determine how many activations are kept.
struct RuleSettings {
  int k = 0;
  double lifetime = 1;
  int n_samples = 0;                       ///< size of the mini-batch
  std::span<const float> thresholds = {};  ///< (unit), of rules that have them
};

/// A sparsity rule: determines which activations of a hidden layer are kept in a mini-batch.
struct SparsityRule {
  RuleScope scope;  ///< the set that it chooses from
  /// Sets kept[i] = 1 for activations that are kept; all are 0 before.
  void (*keep)(std::span<const float> activations, const RuleSettings& settings,
               std::span<std::uint8_t> kept);
};

/// Returns the rule of a kind of model, or null if it keeps all activations.
const SparsityRule* sparsity_rule(ModelKind kind);

/// Returns the rule that keeps what is above RuleSettings::thresholds, whatever the kind of model.
const SparsityRule* threshold_rule();

/// Returns whether a rule keeps k times the number of samples of a mini-batch's activations, the largest.
bool keeps_largest_of_batch(const SparsityRule& rule);

/// Returns the share of a mini-batch's activations that a rule keeps if no two are equal; 1 for a null rule.
double share_kept(const SparsityRule* rule, const RuleSettings& settings, int n_units);

/// Returns whether a rule keeps what is above RuleSettings::thresholds.
bool keeps_above_thresholds(const SparsityRule& rule);

/// Returns the size of a code with dropout relative to the code without, if units are dropped before the rule
/// chooses.  The rule chooses other units in place of dropped ones, as long as there are enough.  If none are
/// left, as when all are kept, the result is 1 - dropout.
double share_left(double dropout, const SparsityRule* rule, const RuleSettings& settings, int n_units);

/// The activations of one hidden layer for a mini-batch, in any layout.
struct Activations {
  const float* values;
  std::ptrdiff_t unit_step, sample_step;  ///< distance from one unit, or sample, to the next
  int n_units, n_samples;
};

/// Applies rules to mini-batches.
class RuleApplier {
 public:
  /// The team must outlive the object.
  explicit RuleApplier(const Team& team) : team_(team) {}

  /// Sets kept[u * unit_step + s * sample_step] to 1 if the rule keeps unit u of sample s, else to 0.
  void keep(const SparsityRule& rule, RuleSettings settings, const Activations& activations,
            std::uint8_t* kept);

 private:
  struct Line {
    std::vector<float> activations;
    std::vector<std::uint8_t> kept;
  };
  const Team& team_;
  std::vector<Line> lines_;  // (thread)
};

/// Marks the `count` largest activations as kept; ties: the first; NaN is never kept.
void keep_largest(std::span<const float> activations, std::size_t count, std::span<std::uint8_t> kept);

/// Marks the activations of one sample's units that exceed the units' thresholds; never NaN.
void keep_above(std::span<const float> activations, std::span<const float> thresholds,
                std::span<std::uint8_t> kept);

/// SparsityRule::keep of each rule, one a file.
namespace rules {
#define RULE(enumerator, name, key, encodes, scope, help)                           \
  void enumerator(std::span<const float> activations, const RuleSettings& settings, \
                  std::span<std::uint8_t> kept);
#include "core/sparsity_rules.def"
#undef RULE
}  // namespace rules

}  // namespace ksweep
