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
  EXPECT_EQ(mean_of_rows(rows, 2, chosen, [] { return true; }), expected);
}

TEST(MeanOfRows, AsksOftenWhetherToGoOnAndStops) {
  std::vector<std::uint32_t> chosen(3 * rows_at_once);
  std::iota(chosen.begin(), chosen.end(), 0u);
  const std::vector<float> rows(chosen.size(), 1);
  int n_asked = 0;
  EXPECT_EQ(mean_of_rows(rows.data(), 1, chosen, [&] { return ++n_asked > 0; })[0], 1);
  EXPECT_EQ(n_asked, 3);
  EXPECT_THROW(mean_of_rows(rows.data(), 1, chosen, [&] { return --n_asked > 1; }), Interrupted);
}

}  // namespace
}  // namespace ksweep
