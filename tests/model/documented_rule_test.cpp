// tenth.cpp is the example of CONTRIBUTING.md.
#include <gmock/gmock.h>

#include <array>

#include "model/rules.h"

namespace ksweep::rules {
void tenth(std::span<const float> activations, const RuleSettings& settings, std::span<std::uint8_t> kept);
}

namespace ksweep {
namespace {

TEST(DocumentedRule, KeepsATenthOfTheUnitsOfEachSample) {
  std::array<float, 20> activations{};
  activations[3] = 2;
  activations[11] = 1;
  std::array<std::uint8_t, 20> kept{};
  rules::tenth(activations, {}, kept);
  std::array<std::uint8_t, 20> expected{};
  expected[3] = expected[11] = 1;
  EXPECT_EQ(kept, expected);
}

}  // namespace
}  // namespace ksweep
