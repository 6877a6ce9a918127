#include "model/rules.h"

namespace ksweep {

/// Source: Makhzani & Frey 2014, section 2.1.
void rules::k_sparse(std::span<const float> activations, const RuleSettings& settings,
                     std::span<std::uint8_t> kept) {
  keep_largest(activations, static_cast<std::size_t>(settings.k), kept);
}

}  // namespace ksweep
