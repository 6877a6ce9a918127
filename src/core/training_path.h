#pragma once

#include <cstddef>

#include "core/trial.h"

namespace ksweep {

/// What a sparsity rule chooses from (core/sparsity_rules.def): all units of one sample, all samples of one unit, or all units
/// of all samples of a mini-batch.  none: it keeps all.
enum class RuleScope { none, sample, unit, batch };

/// Returns the scope of a kind of model's rule; none for kinds that have no rule.
RuleScope rule_scope(ModelKind kind);

/// Whether the rule chooses from mini-batches, and so may keep others of a sample than the encoder, which sees it alone.
inline bool chooses_from_batches(ModelKind kind) {
  return rule_scope(kind) == RuleScope::unit || rule_scope(kind) == RuleScope::batch;
}

/// How a layer of an autoencoder learns from its pre-activations: the trainer works by it and the cost model reckons with it.
enum class TrainingPath {
  dense,    ///< from all of them
  largest,  ///< from the k largest of each sample
  rule,     ///< from those that the sparsity rule keeps of a mini-batch, or after dropout
};

/// The path of a kind of model that learns, or of an untrained one when its samples are reconstructed.
TrainingPath training_path(const Trial& trial);

/// Whether the largest of a whole mini-batch are searched without storing all pre-activations (model/batch.h).
bool searches_batch(const Trial& trial);

/// Validation samples on which the error is measured after each epoch, at most.
inline constexpr std::size_t samples_of_curve = 2000;

}  // namespace ksweep
