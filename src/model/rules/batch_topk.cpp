#include "model/rules.h"

namespace ksweep::rules {
namespace {

/// Source: Bussmann, Leask & Nanda 2024 (arXiv:2412.06410), section 3.
constexpr SparsityRule rule{
    SparsityRule::Scope::batch,
    [](std::span<const float> activations, const RuleSettings& settings, std::span<std::uint8_t> kept) {
      keep_largest(activations,
                   static_cast<std::size_t>(settings.k) * static_cast<std::size_t>(settings.n_samples), kept);
    }};

}  // namespace

const SparsityRule* const batch_topk = &rule;

}  // namespace ksweep::rules
