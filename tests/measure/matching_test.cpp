#include "measure/matching.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "directions.h"
#include "kernels/isa.h"
#include "measure/assignment.h"

namespace ksweep {
namespace {

Matching matched(const Matrix<float>& left, const Matrix<float>& right, Sign sign = Sign::matters,
                 std::int64_t most_exact = most_exact_cosines, const Team& team = one_thread) {
  return match_directions(best_kernels(), unit_rows(view_of(left)), unit_rows(view_of(right)), team, sign,
                          most_exact);
}

TEST(Matching, FindsAShuffledDictionaryAgain) {
  const Matrix<float> left = some_directions(40, 9, 1);
  Matrix<float> right = left;
  for (int i = 0; i < 40; ++i) right.row((i * 7) % 40) = 3 * left.row(i);
  const Matching found = matched(left, right);
  for (int i = 0; i < 40; ++i) EXPECT_EQ(found.partner[static_cast<std::size_t>(i)], (i * 7) % 40);
  EXPECT_NEAR(found.mean, 1, 1e-6);
  EXPECT_TRUE(found.is_best);
  EXPECT_EQ(found.upper, found.mean);
}

TEST(Matching, IsTheBestAssignmentOfCosines) {
  const Matrix<float> left = some_directions(30, 9, 1), right = some_directions(50, 9, 2);
  const Matrix<double> cosines = cosines_of(left, right);
  const auto column_of =
      best_assignment(GainView<double>{{cosines.data(), static_cast<std::size_t>(cosines.size())}, 30, 50});
  double sum = 0;
  for (int i = 0; i < 30; ++i) sum += cosines(i, column_of[static_cast<std::size_t>(i)]);
  EXPECT_NEAR(matched(left, right).mean, sum / 30, 1e-6);
  EXPECT_NEAR(matched(right, left).mean, sum / 30, 1e-6);
}

TEST(Matching, TellsOppositeDirectionsApartIfTheSignMatters) {
  const Matrix<float> left = some_directions(6, 30, 1), right = -left;
  EXPECT_LT(matched(left, right).mean, 0.5);
  EXPECT_NEAR(matched(left, right, Sign::ignored).mean, 1, 1e-6);
}

TEST(Matching, AboveTheLimitIsBetweenItsBounds) {
  const Matrix<float> left = some_directions(90, 9, 1), right = some_directions(120, 9, 2);
  const Matching best = matched(left, right), greedy = matched(left, right, Sign::matters, 100);
  EXPECT_FALSE(greedy.is_best);
  EXPECT_LE(greedy.mean, best.mean);
  EXPECT_GE(greedy.mean, 0.9 * best.mean);
  EXPECT_GE(greedy.upper, best.mean);
  EXPECT_NEAR(greedy.upper, cosines_of(left, right).rowwise().maxCoeff().mean(), 1e-6);
  EXPECT_NEAR(matched(right, left, Sign::matters, 100).upper, greedy.upper, 1e-6);
  EXPECT_EQ(std::set(greedy.partner.begin(), greedy.partner.end()).size(), 90u);
  EXPECT_EQ(std::ranges::count(greedy.partner, -1), 0);
}

TEST(Matching, AboveTheLimitTakesTheLargestCosinesFirst) {
  // Cosines: 0.9 and 0.4, 0.8 and 0.  Greedy takes 0.9 and is left with 0; the best assignment takes 0.4 and 0.8.
  Matrix<float> left(2, 3), right = Matrix<float>::Identity(3, 3);
  left << 0.9f, 0.4f, 0.17f, 0.8f, 0, 0.6f;
  EXPECT_THAT(matched(left, right.topRows(2)).partner, testing::ElementsAre(1, 0));
  EXPECT_THAT(matched(left, right.topRows(2), Sign::matters, 1).partner, testing::ElementsAre(0, 1));
}

TEST(Matching, OfNothingIsUndefined) {
  const Matching found = matched(Matrix<float>(0, 4), some_directions(3, 4, 1));
  EXPECT_TRUE(std::isnan(found.mean));
}

TEST(Matching, IsTheSameForAnyNumberOfThreads) {
  const Matrix<float> left = some_directions(90, 9, 1), right = some_directions(120, 9, 2);
  for (const std::int64_t most : {std::int64_t{100}, most_exact_cosines})
    EXPECT_EQ(matched(left, right, Sign::matters, most).mean,
              matched(left, right, Sign::matters, most, three_threads).mean);
}

TEST(ChanceMcc, IsThatOfUnrelatedDictionaries) {
  const double chance = chance_mcc(best_kernels(), 256, 256, 64, one_thread, Sign::matters);
  EXPECT_NEAR(chance, 0.33, 0.01);
  EXPECT_NEAR(matched(some_directions(256, 64, 5), some_directions(256, 64, 6)).mean, chance, 0.01);
}

}  // namespace
}  // namespace ksweep
