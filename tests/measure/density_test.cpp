#include "measure/density.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

namespace ksweep {
namespace {

std::size_t bin_of(std::uint32_t count, std::uint64_t n_samples) {
  const std::uint32_t active[] = {count};
  const auto histogram = density_of(active, n_samples).histogram;
  return static_cast<std::size_t>(std::ranges::find(histogram, 1) - histogram.begin());
}

TEST(Density, BinsAreQuartersOfDecades) {
  for (int bin = 1; bin < n_density_bins; ++bin) {
    const double middle = std::pow(10, (bin - 24.5) / 4);
    EXPECT_EQ(bin_of(static_cast<std::uint32_t>(std::lround(middle * 4e9)), 4'000'000'000), bin);
  }
}

TEST(Density, PowersOfTenBelongToTheBinAbove) {
  EXPECT_EQ(bin_of(1, 100), 17);
  EXPECT_EQ(bin_of(1, 10), 21);
  EXPECT_EQ(bin_of(99, 1000), 20);
  EXPECT_EQ(bin_of(3, 300'000), 5);
}

TEST(Density, EndsTakeAllSmallerAndLargerShares) {
  EXPECT_EQ(bin_of(0, 10), 0);
  EXPECT_EQ(bin_of(1, 4'000'000'000), 1);
  EXPECT_EQ(bin_of(10, 10), 24);
}

TEST(Density, CountsUnitsThatAreNeverOrMostlyActive) {
  const std::vector<std::uint32_t> active{0, 5, 6, 10, 0, 0};
  const Density density = density_of(active, 10);
  EXPECT_EQ(density.n_dead, 3);
  EXPECT_EQ(density.n_always_on, 2);  // 5 of 10 is not more than half
  EXPECT_EQ(std::accumulate(density.histogram.begin(), density.histogram.end(), 0.0), 6);
}

}  // namespace
}  // namespace ksweep
