#include "model/rules.h"

namespace ksweep {

/// Source: Bussmann, Leask & Nanda 2024 (arXiv:2412.06410), section 3.
void rules::batch_topk(std::span<const float> activations, const RuleSettings& settings,
                       std::span<std::uint8_t> kept) {
  keep_largest(activations,
               static_cast<std::size_t>(settings.k) * static_cast<std::size_t>(settings.n_samples), kept);
}

}  // namespace ksweep
