#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/trial_result.h"
#include "model/layers_batch.h"
#include "probe/features.h"
#include "train/unit_activity.h"

namespace ksweep {

/// Return the rules of an encoder's layers: all but the innermost layer keep all activations.
std::vector<LayerRule> innermost_rule(const SparsityRule* rule, const RuleSettings& settings,
                                      std::size_t n_layers);
std::vector<LayerRule> innermost_rule_of_k(int k, std::span<const Layer> encoder);

/// Returns the codes of rows of a data set, with the k largest activations of the last layer kept (k ==
/// units: all, dense).  `active`, if not null, is set to the number of samples for which each unit is
/// non-zero.
Features encode_features(LayersBatch& batch, std::span<const Layer> encoder, const SampleRows& rows,
                         std::span<const std::uint32_t> chosen, int k, int batch_size,
                         const KeepGoing& keep_going, std::vector<std::uint32_t>* active = nullptr);

/// Returns filters: the decoder's output for one unit at its mean non-zero activation, minus its output for a
/// code of zeros.  Chooses the most often active units, like most_active_filters().
Filters decoder_filters(const Kernels& kernels, std::span<const Layer> decoder, const UnitActivity& activity,
                        const Team& team);

}  // namespace ksweep
