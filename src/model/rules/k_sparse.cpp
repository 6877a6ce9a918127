#include "model/rules.h"

namespace ksweep::rules {
namespace {

/// Source: Makhzani & Frey 2014, section 2.1.
constexpr SparsityRule rule{
    SparsityRule::Scope::sample,
    [](std::span<const float> activations, const RuleSettings& settings, std::span<std::uint8_t> kept) {
      keep_largest(activations, static_cast<std::size_t>(settings.k), kept);
    }};

}  // namespace

const SparsityRule* const k_sparse = &rule;

}  // namespace ksweep::rules
