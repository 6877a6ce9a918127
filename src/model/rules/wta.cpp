#include <algorithm>
#include <cmath>

#include "model/rules.h"

namespace ksweep {

/// Lifetime sparsity: each unit is kept for a share of the mini-batch's samples, at least one.
/// Source: Makhzani & Frey 2015, section 2.1.
void rules::wta(std::span<const float> activations, const RuleSettings& settings,
                std::span<std::uint8_t> kept) {
  const double count = std::round(settings.lifetime * static_cast<double>(activations.size()));
  keep_largest(activations, static_cast<std::size_t>(std::max(1.0, count)), kept);
}

}  // namespace ksweep
