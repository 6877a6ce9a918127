#include "model/quantised_rows.h"

#include <gtest/gtest.h>

#include <numeric>

namespace ksweep {
namespace {

std::vector<std::uint32_t> counting(std::size_t count) {
  std::vector<std::uint32_t> rows(count);
  std::iota(rows.begin(), rows.end(), 0u);
  return rows;
}

/// `count` samples of 100 inputs, of which every fifth is not zero; n_levels different values in all.
std::vector<float> sparse_samples(std::size_t count, int n_levels) {
  std::vector<float> rows(count * 100);
  for (std::size_t i = 0; i < rows.size(); i += 5) rows[i] = static_cast<float>(i / 5 % n_levels + 1) / 255;
  return rows;
}

TEST(QuantisedRows, HoldTheSamplesWithoutRounding) {
  const std::vector<float> rows = sparse_samples(30, 256);
  const std::vector<std::uint32_t> chosen{7, 29, 7, 0};
  const auto levels = quantised_rows(rows.data(), chosen, 100);
  ASSERT_TRUE(levels);
  ASSERT_EQ(levels->n_samples(), 4u);
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    std::vector<float> sample(100);
    const LevelEntries entries = levels->row(i);
    for (int e = 0; e < entries.count; ++e) sample[entries.index[e]] = entries.values[entries.level[e]];
    EXPECT_TRUE(std::equal(sample.begin(), sample.end(), rows.begin() + chosen[i] * 100));
  }
}

TEST(QuantisedRows, AreNothingForMoreThan256Values) {
  EXPECT_TRUE(quantised_rows(sparse_samples(30, 256).data(), counting(30), 100));
  EXPECT_FALSE(quantised_rows(sparse_samples(30, 257).data(), counting(30), 100));
}

TEST(QuantisedRows, AreNothingForDenseSamples) {
  const std::vector<float> rows(200 * 100, 0.5f);
  EXPECT_FALSE(quantised_rows(rows.data(), counting(200), 100));
}

TEST(QuantisedRows, AreCutByInputs) {
  const std::vector<float> rows = sparse_samples(1, 7);  // inputs 0, 5, 10, ...
  const auto levels = quantised_rows(rows.data(), counting(1), 100);
  const LevelEntries part = part_of(levels->row(0), 5, 15);
  ASSERT_EQ(part.count, 2);
  EXPECT_EQ(part.index[0], 5);
  EXPECT_EQ(part.index[1], 10);
  EXPECT_EQ(part.level, levels->row(0).level + 1);
  EXPECT_EQ(part_of(levels->row(0), 96, 100).count, 0);
}

}  // namespace
}  // namespace ksweep
