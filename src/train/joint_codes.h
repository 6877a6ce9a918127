#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/trial_result.h"
#include "model/layers_batch.h"
#include "probe/features.h"

namespace ksweep {

/// What each unit of a layer does over a part of the data.
struct UnitActivity {
  std::vector<std::uint32_t> active;  ///< samples for which it is not zero
  std::vector<double> sum;            ///< of its activations
};

/// Keeps the k largest activations of the last of `n_layers`; k == units: all.
std::vector<LayerRule> innermost_rule(const SparsityRule* rule, const RuleSettings& settings,
                                      std::size_t n_layers);
std::vector<LayerRule> innermost_rule_of_k(int k, std::span<const Layer> encoder);

/// What the last of these layers makes of rows of a data set, the k largest activations kept (k == units: all, dense).
/// `active`, if not null, is made anew: for each unit, the samples for which it is not zero.
Features encode_features(LayersBatch& batch, std::span<const Layer> encoder, const float* rows,
                         std::span<const std::uint32_t> chosen, int k, int batch_size,
                         const KeepGoing& keep_going, std::vector<std::uint32_t>* active = nullptr);

/// What the decoder draws of each unit: its image of the unit's mean activation where it is active, all others zero, less
/// its image of nothing.  The most often active units, as in most_active_filters().
Filters decoder_filters(const Kernels& kernels, std::span<const Layer> decoder, const UnitActivity& activity,
                        const Team& team);

}  // namespace ksweep
