#include "probe/accuracy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <vector>

namespace ksweep {
namespace {

using testing::DoubleEq;
using testing::ElementsAre;
using testing::IsNan;

TEST(Accuracy, OfALiteralCase) {
  const std::int32_t labels[] = {0, 0, 0, 0, 1, 1, 2, 2}, predicted[] = {0, 0, 0, 1, 1, 2, 2, 2};
  const Accuracy accuracy = accuracy_of(predicted, labels, 3);
  EXPECT_DOUBLE_EQ(accuracy.overall, 0.75);
  EXPECT_THAT(accuracy.per_class, ElementsAre(DoubleEq(0.75), DoubleEq(0.5), DoubleEq(1)));
  EXPECT_THAT(accuracy.confusion, ElementsAre(3, 1, 0,  //
                                              0, 1, 1,  //
                                              0, 0, 2));
}

TEST(Accuracy, OfAClassWithoutSamplesIsNotMeasured) {
  const std::int32_t labels[] = {0, 2}, predicted[] = {0, 1};
  EXPECT_THAT(accuracy_of(predicted, labels, 3).per_class, ElementsAre(DoubleEq(1), IsNan(), DoubleEq(0)));
}

TEST(Accuracy, OfManyClassesListsTheMostFrequentErrorsInPlaceOfAMatrix) {
  // Class 7 is taken for 9 three times and for 8 once; class 5 for 6 three times; class 1 is right twice.
  const std::int32_t labels[] = {7, 5, 7, 1, 5, 7, 7, 5, 1}, predicted[] = {9, 6, 8, 1, 6, 9, 9, 6, 1};
  const Accuracy accuracy = accuracy_of(predicted, labels, most_classes_in_matrix + 1);
  EXPECT_TRUE(accuracy.confusion.empty());
  EXPECT_DOUBLE_EQ(accuracy.overall, 2. / 9);
  EXPECT_EQ(accuracy.samples_per_class.size(), most_classes_in_matrix + 1u);
  EXPECT_EQ(accuracy.samples_per_class[7], 4);
  EXPECT_DOUBLE_EQ(accuracy.per_class[1], 1);
  std::vector<std::array<int, 3>> listed;
  for (const Confusion& each : accuracy.confusions)
    listed.push_back({each.true_class, each.predicted, each.n_samples});
  EXPECT_THAT(listed, ElementsAre(std::array{5, 6, 3}, std::array{7, 9, 3}, std::array{7, 8, 1}));
}

TEST(Accuracy, OfManyClassesListsNoMoreErrorsThanThereIsRoomFor) {
  std::vector<std::int32_t> labels, predicted;
  for (int i = 0; i < 2000; ++i) {
    labels.push_back(i);
    predicted.push_back(i + 1);
  }
  EXPECT_EQ(accuracy_of(predicted, labels, 10'000).confusions.size(), most_confusions);
}

TEST(Accuracy, OfAsManyClassesAsAMatrixMayHaveIsAMatrix) {
  const std::int32_t labels[] = {0, 1}, predicted[] = {0, 0};
  const Accuracy accuracy = accuracy_of(predicted, labels, most_classes_in_matrix);
  EXPECT_EQ(accuracy.confusion.size(), std::size_t{most_classes_in_matrix} * most_classes_in_matrix);
  EXPECT_TRUE(accuracy.samples_per_class.empty());
}

TEST(Accuracy, OfNoSamplesIsNotMeasured) { EXPECT_TRUE(std::isnan(accuracy_of({}, {}, 2).overall)); }

}  // namespace
}  // namespace ksweep
