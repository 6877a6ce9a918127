// tenth.cpp is the example of CONTRIBUTING.md.
#include <gmock/gmock.h>

#include <array>

#include "model/rules.h"

namespace ksweep::rules {
extern const SparsityRule* const tenth;
}

namespace ksweep {
namespace {

TEST(DocumentedRule, KeepsATenthOfTheUnitsOfEachSample) {
  std::array<float, 20> activations{};
  activations[3] = 2;
  activations[11] = 1;
  std::array<std::uint8_t, 20> kept{};
  rules::tenth->keep(activations, {}, kept);
  std::array<std::uint8_t, 20> expected{};
  expected[3] = expected[11] = 1;
  EXPECT_EQ(kept, expected);
  EXPECT_EQ(rules::tenth->scope, SparsityRule::Scope::sample);
}

}  // namespace
}  // namespace ksweep
