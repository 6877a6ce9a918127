#include "store/difference.h"

#include <gtest/gtest.h>

#include "samples.h"

namespace ksweep {
namespace {

TEST(FirstDifference, IsNoneBetweenTrainingsThatTookOtherTimes) {
  TrialResult later = sample_result();
  later.train_time_s += 1;
  later.host = "node-2";
  EXPECT_FALSE(first_difference(sample_result(), later));
}

TEST(FirstDifference, IsThePointThatACurveLacks) {
  TrialResult cut = sample_result();
  cut.train_loss_curve.pop_back();
  const auto here = first_difference(cut, sample_result()), there = first_difference(sample_result(), cut);
  ASSERT_TRUE(here && there);
  EXPECT_EQ(here->quantity, "train_loss_curve[2]");
  EXPECT_EQ(here->first, "not measured");
  EXPECT_EQ(there->quantity, "train_loss_curve[2]");
  EXPECT_EQ(there->second, "not measured");
}

}  // namespace
}  // namespace ksweep
