#include "probe/assignment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/random.h"

namespace ksweep {
namespace {

double gain_of(const std::vector<double>& gain, const std::vector<std::int32_t>& column_of) {
  double sum = 0;
  for (std::size_t row = 0; row < column_of.size(); ++row)
    sum += gain[row * column_of.size() + static_cast<std::size_t>(column_of[row])];
  return sum;
}

/// The best of all permutations.
double naive_best_gain(const std::vector<double>& gain, int n) {
  std::vector<std::int32_t> column_of(static_cast<std::size_t>(n));
  std::iota(column_of.begin(), column_of.end(), 0);
  double best = gain_of(gain, column_of);
  while (std::ranges::next_permutation(column_of).found) best = std::max(best, gain_of(gain, column_of));
  return best;
}

TEST(BestAssignment, PrefersTheWholeToTheLargestEntry) {
  // 9 + 0 is less than 8 + 8.
  EXPECT_THAT(best_assignment(std::vector<double>{9, 8, 8, 0}, 2), testing::ElementsAre(1, 0));
}

TEST(BestAssignment, GainsAsMuchAsTheBestOfAllPermutations) {
  RandomStream stream(1, Purpose::digits);
  for (int n = 1; n <= 7; ++n) {
    std::vector<double> gain(static_cast<std::size_t>(n * n));
    for (double& entry : gain) entry = stream.below(20);  // with ties
    std::vector<std::int32_t> found = best_assignment(gain, n);
    EXPECT_EQ(gain_of(gain, found), naive_best_gain(gain, n)) << n;
    std::ranges::sort(found);
    EXPECT_EQ(std::ranges::adjacent_find(found), found.end()) << n;
  }
}

TEST(MutualInformation, OfEqualPartitionsIsOneWhateverTheirNames) {
  EXPECT_DOUBLE_EQ(normalised_mutual_information(std::vector<std::int32_t>{0, 5, 7, 0}, 2), 1);
}

TEST(MutualInformation, OfIndependentPartitionsIsZero) {
  EXPECT_NEAR(normalised_mutual_information(std::vector<std::int32_t>{2, 4, 3, 6}, 2), 0, 1e-12);
}

TEST(MutualInformation, IsTheInformationOverTheMeanEntropy) {
  // 3 samples: (0, 0), (0, 0), (1, 1), one more: (0, 1).  H(rows) = H(1/4), H(columns) = ln 2.
  const double of_rows = -0.75 * std::log(0.75) - 0.25 * std::log(0.25), of_columns = std::log(2);
  const double of_both = 1.5 * std::log(2);  // 1/2, 1/4, 1/4
  EXPECT_NEAR(normalised_mutual_information(std::vector<std::int32_t>{2, 1, 0, 1}, 2),
              2 * (of_rows + of_columns - of_both) / (of_rows + of_columns), 1e-12);
}

TEST(MutualInformation, OfConstantLabelsIsThatOfEqualOnes) {
  EXPECT_EQ(normalised_mutual_information(std::vector<std::int32_t>{4, 0, 0, 0}, 2), 1);
}

}  // namespace
}  // namespace ksweep
