#include "race/paired_bound.h"

#include <gtest/gtest.h>

#include <cmath>

namespace ksweep {
namespace {

const std::vector<double> differences = {1, 2, 3, 4};  // mean 2.5, standard error sqrt(5 / 3 / 4)

TEST(PairedBound, IsTheMeanAndCriticalValueTimesItsStandardError) {
  const Bound bound = paired_bound(differences, 2.0);
  EXPECT_DOUBLE_EQ(bound.mean, 2.5);
  EXPECT_DOUBLE_EQ(bound.low, 2.5 - 2 * std::sqrt(5.0 / 12));
  EXPECT_DOUBLE_EQ(bound.high, 2.5 + 2 * std::sqrt(5.0 / 12));
}

TEST(PairedBound, AtTheOnlyLookIsStudents) {
  // t(0.95; 3) = 2.353363: printed tables.
  EXPECT_NEAR(paired_bound(differences, 0.05, {4, 4}).low, 2.5 - 2.353363 * std::sqrt(5.0 / 12), 1e-5);
}

TEST(PairedBound, IsWiderWhereMoreLooksFollow) {
  EXPECT_LT(paired_bound(differences, 0.05, {4, 20}).low, paired_bound(differences, 0.05, {4, 5}).low);
}

TEST(PairedBound, SaysNothingBeforeTheFirstAndAfterTheLastLook) {
  EXPECT_EQ(paired_bound(differences, 0.05, {5, 20}).low, -INFINITY);
  EXPECT_EQ(paired_bound(differences, 0.05, {2, 3}).high, INFINITY);
  EXPECT_EQ(paired_bound(differences, 0.05, {5, 20}).mean, 2.5);
}

TEST(PairedBound, SaysNothingOfDifferencesThatAreEqualUpToRounding) {
  EXPECT_EQ(paired_bound({0.3, 0.1 + 0.2, 0.3, 0.3}, 2.0).low, -INFINITY);
  EXPECT_EQ(paired_bound({0, 0, 0, 0}, 2.0).high, INFINITY);
}

TEST(PairedBound, SaysNothingOfOneDifference) { EXPECT_EQ(paired_bound({1}, 2.0).low, -INFINITY); }

}  // namespace
}  // namespace ksweep
