#include "train/weight_average.h"

#include <algorithm>

#include "small_data.h"

namespace ksweep {
namespace {

AlignedFloats numbers(std::initializer_list<float> values) {
  AlignedFloats all(values.size());
  std::ranges::copy(values, all.data());
  return all;
}

TEST(WeightAverage, WeighsTheWeightsOfEachMiniBatchLessTheOlderTheyAre) {
  AlignedFloats weights = numbers({5, 5});
  WeightAverage average(0.5, {&weights}, one_thread);
  int step = 0;
  for (const float value : {1.0f, 2.0f, 6.0f}) {
    std::ranges::fill(weights.span(), value);
    average.add(step++);
  }
  average.finish();
  // (6 + 2/2 + 1/4) / (1 + 1/2 + 1/4): what was there before the first mini-batch counts for nothing.
  EXPECT_FLOAT_EQ(weights[0], 29.0f / 7);
  EXPECT_FLOAT_EQ(weights[1], 29.0f / 7);
}

TEST(WeightAverage, IsShownOnlyUntilTheEndOfItsScope) {
  AlignedFloats weights = numbers({1});
  WeightAverage average(0.5, {&weights}, one_thread);
  average.add(0);
  weights[0] = 4;
  average.add(1);
  {
    const WeightAverage::Shown shown(average);
    EXPECT_FLOAT_EQ(weights[0], 3);  // (4 + 1/2) / (1 + 1/2)
  }
  EXPECT_EQ(weights[0], 4);
}

TEST(WeightAverage, WithoutDecayLeavesTheWeights) {
  AlignedFloats weights = numbers({1});
  WeightAverage average(0, {&weights}, one_thread);
  average.add(0);
  weights[0] = 4;
  average.finish();
  EXPECT_EQ(weights[0], 4);
}

TEST(WeightAverage, ThatIsSavedWhileItIsShownGoesOnFromTheWeights) {
  AlignedFloats weights = numbers({1});
  WeightAverage average(0.5, {&weights}, one_thread);
  average.add(0);
  weights[0] = 4;
  average.add(1);
  Archive saved;
  {
    const WeightAverage::Shown shown(average);
    saved.array(weights.span());
    average.transfer(saved);
  }
  AlignedFloats restored = numbers({0});
  WeightAverage other(0.5, {&restored}, one_thread);
  Archive from(saved.written());
  from.array(restored.span());
  other.transfer(from);
  EXPECT_EQ(restored[0], 4);
  const WeightAverage::Shown shown(other);
  EXPECT_FLOAT_EQ(restored[0], 3);
}

}  // namespace
}  // namespace ksweep
