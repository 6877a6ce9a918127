#include "train/mean_of_rows.h"

#include <gtest/gtest.h>

#include <numeric>

#include "base/errors.h"

namespace ksweep {
namespace {

TEST(MeanOfRows, OfALiteralCase) {
  const float rows[] = {0, 0, 2, 4, 100, 100};
  const std::uint32_t chosen[] = {1, 0};
  const std::vector<double> expected{1, 2};
  EXPECT_EQ(mean_of_rows(rows, 2, chosen, Team(2), [] { return true; }), expected);
}

/// Row r, column c: r + c / 3.
struct MadeRows : RowReader {
  void read(std::uint32_t row, float* numbers) const override {
    for (int c = 0; c < 5; ++c) numbers[c] = static_cast<float>(row) + static_cast<float>(c) / 3;
  }
};

TEST(MeanOfRows, HasTheSameBitsOnAnyNumberOfThreadsInMemoryOrNot) {
  std::vector<std::uint32_t> chosen(2 * rows_at_once + 7);
  for (std::size_t i = 0; i < chosen.size(); ++i)
    chosen[i] = static_cast<std::uint32_t>(i * 7919 % chosen.size());
  const MadeRows made;
  std::vector<float> rows(chosen.size() * 5);
  for (std::size_t row = 0; row < chosen.size(); ++row)
    made.read(static_cast<std::uint32_t>(row), rows.data() + row * 5);
  std::vector<double> expected(5);
  for (const std::uint32_t row : chosen)
    for (std::size_t c = 0; c < 5; ++c) expected[c] += static_cast<double>(rows[row * 5 + c]);
  for (double& sum : expected) sum /= static_cast<double>(chosen.size());
  for (const int n_threads : {1, 2, 3, 8}) {
    EXPECT_EQ(mean_of_rows(rows.data(), 5, chosen, Team(n_threads), [] { return true; }), expected);
    EXPECT_EQ(mean_of_rows(made, 5, chosen, Team(n_threads), [] { return true; }), expected);
  }
}

TEST(MeanOfRows, AsksOftenWhetherToGoOnAndStops) {
  std::vector<std::uint32_t> chosen(3 * rows_at_once);
  std::iota(chosen.begin(), chosen.end(), 0u);
  const std::vector<float> rows(chosen.size(), 1);
  int n_asked = 0;
  EXPECT_EQ(mean_of_rows(rows.data(), 1, chosen, Team(2), [&] { return ++n_asked > 0; })[0], 1);
  EXPECT_EQ(n_asked, 3);
  EXPECT_THROW(mean_of_rows(rows.data(), 1, chosen, Team(2), [&] { return --n_asked > 1; }), Interrupted);
}

}  // namespace
}  // namespace ksweep
