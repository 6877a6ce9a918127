#include "model/rules.h"

namespace ksweep {

/// What is special is the loss: EpochSettings::prefixes.
/// Source: Bussmann, Nabeshima, Karvonen & Nanda 2025 (arXiv:2503.17547), section 3.
void rules::matryoshka(std::span<const float> activations, const RuleSettings& settings,
                       std::span<std::uint8_t> kept) {
  batch_topk(activations, settings, kept);
}

}  // namespace ksweep
