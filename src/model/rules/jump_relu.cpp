#include "model/rules.h"

namespace ksweep {

/// How thresholds learn: SparseUpdate.
/// Source: Rajamanoharan et al. 2024 (arXiv:2407.14435), section 3.
void rules::jump_relu(std::span<const float> activations, const RuleSettings& settings,
                      std::span<std::uint8_t> kept) {
  keep_above(activations, settings.thresholds, kept);
}

}  // namespace ksweep
