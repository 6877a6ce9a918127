#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "kernels/isa.h"
#include "kernels/reference.h"
#include "random_numbers.h"

namespace ksweep {
namespace {

struct Selected {
  std::vector<std::int32_t> units, kept;
  std::vector<float> values;
};

/// z: (n_units x lanes)
Selected select(const std::string& isa, const AlignedFloats& z, int n_units, int n_samples, int k) {
  Selected result{std::vector<std::int32_t>(std::size_t(lanes) * k), std::vector<std::int32_t>(lanes),
                  std::vector<float>(std::size_t(lanes) * k)};
  AlignedFloats scratch(std::size_t(select_scratch(n_units)));
  AlignedArray<std::int32_t> candidates(std::size_t(select_candidates(n_units)));
  kernels_for(isa).select(z.data(), lanes, n_units, n_samples, k, result.units.data(), result.values.data(),
                          result.kept.data(), scratch.data(), candidates.data());
  return result;
}

void expect_naive_result(const AlignedFloats& z, int n_units, int n_samples, int k) {
  for (const std::string& isa : all_isas()) {
    const Selected selected = select(isa, z, n_units, n_samples, k);
    for (int lane = 0; lane < n_samples; ++lane) {
      std::vector<float> column;
      for (int unit = 0; unit < n_units; ++unit) column.push_back(z[unit * lanes + lane]);
      const auto expected = reference::largest<float>(column, k);
      ASSERT_EQ(selected.kept[lane], k) << isa << " lane " << lane;
      for (int i = 0; i < k; ++i) {
        ASSERT_EQ(selected.units[lane * k + i], expected[i]) << isa << " lane " << lane;
        ASSERT_EQ(selected.values[lane * k + i], column[expected[i]]) << isa << " lane " << lane;
      }
    }
  }
}

TEST(Select, KeepsWhatAStableSortKeeps) {
  for (const auto& [n_units, k] : {std::pair{1, 1},
                                   {2, 1},
                                   {17, 16},
                                   {100, 1},
                                   {100, 25},
                                   {100, 99},
                                   {1000, 25},
                                   {1000, 70},
                                   {333, 332}})
    expect_naive_result(random_numbers(std::size_t(n_units) * lanes, std::uint64_t(n_units)), n_units, lanes,
                        k);
}

TEST(Select, KeepingAllListsAllUnits) { expect_naive_result(random_numbers(50 * lanes, 1), 50, lanes, 50); }

TEST(Select, TiesGoToTheLowerUnit) {
  AlignedFloats z(200 * lanes);
  for (std::size_t i = 0; i < z.size(); ++i) z[i] = static_cast<float>((i / lanes * 7) % 4);
  expect_naive_result(z, 200, lanes, 30);
  expect_naive_result(AlignedFloats(200 * lanes), 200, lanes, 30);
}

TEST(Select, AThresholdBetweenNeighbouringFloatsIsFound) {
  AlignedFloats z(100 * lanes);
  for (std::size_t i = 0; i < z.size(); ++i)
    z[i] = std::nextafter(1.0f, i / lanes % 3 == 0 ? 2.0f : i / lanes % 3 == 1 ? 0.0f : 1.0f);
  for (int k : {1, 33, 34, 35, 67, 68, 99}) expect_naive_result(z, 100, lanes, k);
}

TEST(Select, SmallAndLargeNumbersTogetherAreToldApart) {
  AlignedFloats z = random_numbers(200 * lanes, 8);
  for (std::size_t i = 0; i < z.size(); ++i) z[i] *= std::pow(10.0f, static_cast<float>(i / lanes % 60) - 30);
  for (int k : {1, 20, 110, 180}) expect_naive_result(z, 200, lanes, k);
}

TEST(Select, WideSpreadAndInfinitiesDoNotMisleadIt) {
  AlignedFloats z = random_numbers(300 * lanes, 5);
  for (std::size_t i = 0; i < z.size(); i += 37) z[i] *= 1e30f;
  expect_naive_result(z, 300, lanes, 20);
  z[5 * lanes] = std::numeric_limits<float>::infinity();
  z[6 * lanes + 1] = -std::numeric_limits<float>::infinity();
  expect_naive_result(z, 300, lanes, 20);
}

TEST(Select, LanesBeyondTheSamplesAreLeftAlone) {
  const Selected selected = select("portable", random_numbers(50 * lanes, 9), 50, 3, 5);
  EXPECT_EQ(selected.kept[2], 5);
  EXPECT_EQ(selected.kept[3], 0);
}

TEST(Select, NotANumberIsNeverKept) {
  AlignedFloats z = random_numbers(40 * lanes, 3);
  for (int unit = 0; unit < 40; ++unit) z[unit * lanes + 2] = std::numeric_limits<float>::quiet_NaN();
  for (const std::string& isa : all_isas()) EXPECT_EQ(select(isa, z, 40, lanes, 10).kept[2], 0) << isa;
}

}  // namespace
}  // namespace ksweep
