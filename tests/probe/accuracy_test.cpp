#include "probe/accuracy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

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

TEST(Accuracy, OfNoSamplesIsNotMeasured) { EXPECT_TRUE(std::isnan(accuracy_of({}, {}, 2).overall)); }

}  // namespace
}  // namespace ksweep
