#include "model/sparsity_target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

namespace ksweep {
namespace {

constexpr PenaltyRule rule{Penalty::kl, 0.5f, 0.125f, 1};

TEST(SparsityTarget, ComparesARunningMeanThatBeginsAtTheFirstMiniBatch) {
  SparsityTarget target(rule, 0.75, 2);
  target.add(std::array{2.0, 0.0}, 4, 0);
  EXPECT_THAT(target.means(), testing::ElementsAre(0.5, 0));
  EXPECT_THAT(target.slopes(), testing::ElementsAre(0.1875f, -0.0625f));  // 0.5 (q - 0.125)
  target.add(std::array{2.0, 1.0}, 2, 1);
  EXPECT_THAT(target.means(),
              testing::ElementsAre(0.625, 0.125));  // 0.75 of the old one, 0.25 of 1 and of 0.5
  EXPECT_THAT(target.slopes(), testing::ElementsAre(0.25f, 0));
}

TEST(SparsityTarget, IsNoneWithoutThePenalty) {
  SparsityTarget target({}, 0.75, 2);
  target.add(std::array{2.0, 0.0}, 4, 0);
  EXPECT_TRUE(target.means().empty());
  EXPECT_TRUE(target.slopes().empty());
}

}  // namespace
}  // namespace ksweep
