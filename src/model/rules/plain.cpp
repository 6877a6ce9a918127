#include <algorithm>

#include "model/rules.h"

namespace ksweep {

void rules::plain(std::span<const float> /*activations*/, const RuleSettings& /*settings*/,
                  std::span<std::uint8_t> kept) {
  std::ranges::fill(kept, std::uint8_t{1});
}

}  // namespace ksweep
