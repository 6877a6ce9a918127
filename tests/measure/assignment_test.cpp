#include "measure/assignment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <algorithm>
#include <limits>
#include <numeric>

#include "base/matrix.h"
#include "base/random.h"

namespace ksweep {
namespace {

template <class Real>
double gain_of(const GainView<Real>& matrix, const std::vector<std::int32_t>& column_of) {
  double sum = 0;
  for (std::size_t row = 0; row < column_of.size(); ++row)
    if (column_of[row] >= 0)
      sum += static_cast<double>(matrix.gain[row * static_cast<std::size_t>(matrix.n_columns) +
                                             static_cast<std::size_t>(column_of[row])]);
  return sum;
}

/// The best of all ways to give each row a column, for no more rows than columns.
double naive_best_gain(const GainView<double>& matrix) {
  std::vector<std::int32_t> columns(static_cast<std::size_t>(matrix.n_columns));
  std::iota(columns.begin(), columns.end(), 0);
  double best = -std::numeric_limits<double>::infinity();
  do best = std::max(best, gain_of(matrix, {columns.begin(), columns.begin() + matrix.n_rows}));
  while (std::ranges::next_permutation(columns).found);
  return best;
}

/// Another way to the optimum, in O(n^4): improving cycles and paths in the graph of exchanges (Bellman & Ford) are
/// looked for until there is none.  Returns whether this assignment, of no more rows than columns, has one.
bool can_be_improved(const GainView<float>& matrix, const std::vector<std::int32_t>& column_of) {
  const auto n_rows = static_cast<std::size_t>(matrix.n_rows),
             n_columns = static_cast<std::size_t>(matrix.n_columns);
  const auto gain = [&](std::size_t row, std::size_t column) {
    return static_cast<double>(matrix.gain[row * n_columns + column]);
  };
  std::vector<std::uint8_t> used(n_columns);
  for (const std::int32_t column : column_of) used[static_cast<std::size_t>(column)] = 1;
  // potential[row]: the most that the rows before it in a chain of exchanges gain together.
  std::vector<double> potential(n_rows);
  constexpr double least = 1e-9;
  for (std::size_t round = 0; round <= n_rows; ++round) {
    bool has_changed = false;
    for (std::size_t row = 0; row < n_rows; ++row)
      for (std::size_t other = 0; other < n_rows; ++other) {
        const auto column = static_cast<std::size_t>(column_of[other]);
        const double reached =
            potential[row] + gain(row, column) - gain(row, static_cast<std::size_t>(column_of[row]));
        if (reached <= potential[other] + least) continue;
        potential[other] = reached;
        has_changed = true;
      }
    if (has_changed && round == n_rows) return true;  // a cycle
    if (!has_changed) break;
  }
  for (std::size_t row = 0; row < n_rows; ++row)
    for (std::size_t column = 0; column < n_columns; ++column)
      if (used[column] == 0 &&
          potential[row] + gain(row, column) - gain(row, static_cast<std::size_t>(column_of[row])) > least)
        return true;
  return false;
}

bool are_different(std::vector<std::int32_t> columns) {
  std::erase(columns, -1);
  std::ranges::sort(columns);
  return std::ranges::adjacent_find(columns) == columns.end();
}

std::vector<float> cosines_of_random_directions(int n_rows, int n_columns, int n_inputs) {
  RandomStream stream(2, Purpose::digits);
  const auto draw = [&](int n) {
    Matrix<float> rows(n, n_inputs);
    for (float& number : rows.reshaped()) number = static_cast<float>(stream.normal());
    rows.rowwise().normalize();
    return rows;
  };
  const Matrix<float> left = draw(n_rows), right = draw(n_columns), cosines = left * right.transpose();
  return {cosines.data(), cosines.data() + cosines.size()};
}

TEST(BestAssignment, PrefersTheWholeToTheLargestEntry) {
  // 9 + 0 is less than 8 + 8.
  EXPECT_THAT(best_assignment(GainView<double>{std::vector<double>{9, 8, 8, 0}, 2, 2}),
              testing::ElementsAre(1, 0));
}

TEST(BestAssignment, GainsAsMuchAsTheBestOfAllPermutations) {
  RandomStream stream(1, Purpose::digits);
  for (int n_columns = 1; n_columns <= 7; ++n_columns)
    for (int n_rows = 1; n_rows <= n_columns; ++n_rows)
      for (int draw = 0; draw < (n_columns < 7 ? 50 : 2); ++draw) {
        std::vector<double> gain(static_cast<std::size_t>(n_rows * n_columns));
        for (double& entry : gain) entry = stream.below(20);  // with ties
        const GainView<double> matrix{gain, n_rows, n_columns};
        const std::vector<std::int32_t> found = best_assignment(matrix);
        EXPECT_EQ(gain_of(matrix, found), naive_best_gain(matrix)) << n_rows << " x " << n_columns;
        EXPECT_TRUE(are_different(found));
      }
}

TEST(BestAssignment, OfManyRowsByPathsAloneCannotBeImproved) {
  ASSERT_LE(60, rows_without_reduction);
  for (const int n_columns : {60, 75}) {
    const std::vector<float> gain = cosines_of_random_directions(60, n_columns, 4);
    const GainView<float> matrix{gain, 60, n_columns};
    const std::vector<std::int32_t> found = best_assignment(matrix);
    EXPECT_TRUE(are_different(found));
    EXPECT_FALSE(can_be_improved(matrix, found));
  }
}

TEST(BestAssignment, LeavesOutRowsIfThereAreMoreThanColumns) {
  const std::vector<double> gain{1, 2, 5, 4, 9, 3};  // 3 x 2
  EXPECT_THAT(best_assignment(GainView<double>{gain, 3, 2}), testing::ElementsAre(-1, 1, 0));
}

TEST(BestAssignment, OfEquallyGoodOnesIsInTheOrderOfRowsAndColumns) {
  EXPECT_THAT(best_assignment(GainView<double>{std::vector<double>(9), 3, 3}), testing::ElementsAre(0, 1, 2));
}

TEST(BestAssignment, AfterTheReductionCannotBeImproved) {
  for (const int n_columns : {300, 420}) {
    ASSERT_GT(300, rows_without_reduction);
    const std::vector<float> gain = cosines_of_random_directions(300, n_columns, 16);
    const GainView<float> matrix{gain, 300, n_columns};
    std::vector<std::int32_t> found = best_assignment(matrix);
    EXPECT_TRUE(are_different(found));
    EXPECT_FALSE(can_be_improved(matrix, found));
    std::swap(found[0], found[1]);
    EXPECT_TRUE(can_be_improved(matrix, found));  // or this test would show nothing
  }
}

TEST(BestAssignment, AfterTheReductionCopesWithTies) {
  std::vector<float> gain = cosines_of_random_directions(300, 300, 16);
  for (float& entry : gain) entry = std::round(entry * 4);
  std::fill_n(gain.begin() + 30000, 30000, 0.0f);  // as of units without a direction
  const GainView<float> matrix{gain, 300, 300};
  const std::vector<std::int32_t> found = best_assignment(matrix);
  EXPECT_TRUE(are_different(found));
  EXPECT_FALSE(can_be_improved(matrix, found));
}

}  // namespace
}  // namespace ksweep
