#include "data/split.h"

#include <algorithm>
#include <numeric>

#include "core/trial_keys.h"
#include "data/files.h"

namespace ksweep {
namespace {

Trial trial(int train, int validation, int test, int seed = 0) {
  Trial result = default_trial();
  result.n_train = train;
  result.n_validation = validation;
  result.n_test = test;
  result.seed = seed;
  return result;
}

Dataset files(std::size_t n_train, std::size_t n_test) {
  Dataset dataset;
  dataset.n_train = n_train;
  dataset.n_test = n_test;
  return dataset;
}

void expect_sizes(const PartSizes& sizes, std::size_t train, std::size_t validation, std::size_t test) {
  EXPECT_EQ(sizes.train, train);
  EXPECT_EQ(sizes.validation, validation);
  EXPECT_EQ(sizes.test, test);
}

TEST(PartSizes, SplitASixthOffMnist) {
  expect_sizes(part_sizes(trial(0, 0, 0), false, 60000, 10000), 50000, 10000, 10000);
}

TEST(PartSizes, FollowTheKeys) {
  expect_sizes(part_sizes(trial(300, 40, 7), false, 1000, 100), 300, 40, 7);
  expect_sizes(part_sizes(trial(0, 400, 0), false, 1000, 100), 600, 400, 100);
}

TEST(PartSizes, CanDoWithoutValidation) {
  expect_sizes(part_sizes(trial(0, -1, 0), false, 60000, 10000), 60000, 0, 10000);
  expect_sizes(part_sizes(trial(0, -1, 0), true, 1, 1), 50000, 0, 10000);
}

TEST(PartSizes, OfDigitsHaveDefaults) {
  expect_sizes(part_sizes(trial(0, 0, 0), true, 1, 1), 50000, 10000, 10000);
  expect_sizes(part_sizes(trial(2000, 0, 50), true, 1, 1), 2000, 400, 50);
  expect_sizes(part_sizes(trial(3, 0, 0), true, 1, 1), 3, 1, 10000);
}

TEST(PartSizes, LeaveAtLeastOneSampleForEachPart) {
  expect_sizes(part_sizes(trial(0, 0, 0), false, 5, 1), 4, 1, 1);
  EXPECT_USER_ERROR(part_sizes(trial(0, 0, 0), false, 1, 1), HasSubstr("leaves none to train on"));
}

TEST(PartSizes, NameTheKeyThatAsksForTooMuch) {
  EXPECT_USER_ERROR(part_sizes(trial(0, 1000, 0), false, 1000, 100), HasSubstr("data.validation = 1000"));
  EXPECT_USER_ERROR(
      part_sizes(trial(901, 100, 0), false, 1000, 100),
      HasSubstr("data.train = 901 and data.validation = 100 add up to 1001, but the data set digits "
                "has 1000 training sample(s)"));
  EXPECT_USER_ERROR(part_sizes(trial(0, 0, 101), false, 1000, 100), HasSubstr("data.test = 101"));
}

TEST(Split, UsesEachRowOnce) {
  const Split parts = split(trial(0, 0, 0), files(600, 10));
  std::vector<std::uint32_t> rows = parts.train, expected(600);
  rows.insert(rows.end(), parts.validation.begin(), parts.validation.end());
  std::ranges::sort(rows);
  std::iota(expected.begin(), expected.end(), 0u);
  EXPECT_EQ(rows, expected);
  EXPECT_EQ(parts.validation.size(), 100u);
  EXPECT_EQ(parts.n_test, 10u);
}

TEST(Split, DependsOnTheSeedAlone) {
  Trial other = trial(0, 0, 0, 1);
  other.k = 7;
  other.epochs = 3;
  EXPECT_EQ(split(trial(0, 0, 0, 1), files(600, 10)).train, split(other, files(600, 10)).train);
  EXPECT_NE(split(trial(0, 0, 0, 2), files(600, 10)).train, split(other, files(600, 10)).train);
}

TEST(Split, KeepsTheValidationPartWhenFewerTrainingSamplesAreAskedFor) {
  const Split few = split(trial(50, 100, 0), files(600, 10)), all = split(trial(0, 100, 0), files(600, 10));
  EXPECT_EQ(few.validation, all.validation);
  EXPECT_TRUE(std::equal(few.train.begin(), few.train.end(), all.train.begin()));
}

TEST(Split, OfAnEndlessSetDoesNotDependOnWhatOtherTrialsMadeItGenerate) {
  Dataset small = files(120, 10), large = files(9000, 10);
  small.endless = large.endless = true;
  EXPECT_EQ(split(trial(100, 20, 5), small).train, split(trial(100, 20, 5), large).train);
  EXPECT_LT(std::ranges::max(split(trial(100, 20, 5), large).train), 120u);
}

}  // namespace
}  // namespace ksweep
