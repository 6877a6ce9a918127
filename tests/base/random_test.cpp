#include "base/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>
#include <set>

namespace ksweep {
namespace {

std::vector<std::uint32_t> draws(RandomStream stream, int count) {
  std::vector<std::uint32_t> bits;
  for (int i = 0; i < count; ++i) bits.push_back(stream.bits());
  return bits;
}

// Random123's own known answer, kat_vectors: philox4x32 with 10 rounds, counter 0, key 0.
TEST(RandomStream, IsPhiloxWithItsWordsTakenLastFirst) {
  const r123::Philox4x32::ctr_type zero = r123::Philox4x32{}({{0, 0, 0, 0}}, {{0, 0}});
  EXPECT_EQ(zero, (r123::Philox4x32::ctr_type{{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}}));
  const r123::Philox4x32::ctr_type keyed = r123::Philox4x32{}({{0, 0, 0, 0}}, {{0, 1u << 21}});
  EXPECT_EQ(draws({0, Purpose::split}, 4),
            (std::vector<std::uint32_t>{keyed[3], keyed[2], keyed[1], keyed[0]}));
}

// Recorded: a change moves every result.
TEST(RandomStream, ItsNumbersAreTheRecordedOnes) {
  EXPECT_EQ(draws({7, Purpose::batch_order, 3, 11}, 2), (std::vector<std::uint32_t>{3969007622, 1977278906}));
}

TEST(RandomStream, EqualKeysGiveEqualNumbers) {
  EXPECT_EQ(draws({7, Purpose::split, 1, 2}, 9), draws({7, Purpose::split, 1, 2}, 9));
}

TEST(RandomStream, EveryPartOfTheKeyCounts) {
  const auto base = draws({7, Purpose::split, 1, 2}, 4);
  EXPECT_NE(draws({8, Purpose::split, 1, 2}, 4), base);
  EXPECT_NE(draws({7 + (1ull << 40), Purpose::split, 1, 2}, 4), base);
  EXPECT_NE(draws({7, Purpose::batch_order, 1, 2}, 4), base);
  EXPECT_NE(draws({7, Purpose::split, 2, 2}, 4), base);
  EXPECT_NE(draws({7, Purpose::split, 1, 3}, 4), base);
  EXPECT_NE(draws({7, Purpose::split, 1, 2 + (1ull << 40)}, 4), base);
}

TEST(RandomStream, NoSeedAndPurposeShareAKey) {
  // The largest seed allowed ends below the bits of the purpose.
  const std::uint64_t largest = (1ull << 53) - 1;
  std::set<std::vector<std::uint32_t>> seen;
  for (const auto purpose : {Purpose::split, Purpose::hidden_weights, Purpose::digits})
    for (const std::uint64_t seed : {std::uint64_t{0}, std::uint64_t{1}, largest, largest - 1})
      EXPECT_TRUE(seen.insert(draws({seed, purpose}, 4)).second);
}

TEST(RandomStream, UniformIsInTheUnitIntervalWithTheRightMean) {
  RandomStream stream(1, Purpose::split);
  double sum = 0, least = 1, most = 0;
  for (int i = 0; i < 100000; ++i) {
    const double value = stream.uniform();
    sum += value;
    least = std::min(least, value);
    most = std::max(most, value);
  }
  EXPECT_GE(least, 0);
  EXPECT_LT(most, 1);
  EXPECT_NEAR(sum / 100000, 0.5, 5 * 0.2887 / std::sqrt(100000.0));
}

TEST(RandomStream, BelowIsUnbiasedAndInRange) {
  RandomStream stream(1, Purpose::split);
  std::vector<int> counts(7);
  for (int i = 0; i < 70000; ++i) ++counts.at(stream.below(7));
  for (const int count : counts) EXPECT_NEAR(count, 10000, 5 * std::sqrt(10000.0));
  EXPECT_EQ(stream.below(1), 0u);
}

// A plain multiplication of 32 bits would make every third of these numbers twice as likely as the others.
TEST(RandomStream, BelowIsUnbiasedWhereTheCountIsNearTwoToThe32) {
  RandomStream stream(1, Purpose::split);
  int n_of_three = 0;
  for (int i = 0; i < 30000; ++i) n_of_three += stream.below(3u << 30) % 3 == 0;
  EXPECT_NEAR(n_of_three, 10000, 5 * std::sqrt(10000.0));
}

TEST(RandomStream, NormalHasMeanZeroAndDeviationOne) {
  RandomStream stream(1, Purpose::hidden_weights);
  const int n = 100000;
  double sum = 0, squares = 0;
  for (int i = 0; i < n; ++i) {
    const double value = stream.normal();
    ASSERT_TRUE(std::isfinite(value));
    sum += value;
    squares += value * value;
  }
  EXPECT_NEAR(sum / n, 0, 5 / std::sqrt(n));
  EXPECT_NEAR(squares / n, 1, 5 * std::sqrt(2.0 / n));
}

// Box & Muller 1958, of uniform numbers in (0, 1]: the logarithm of 0 is never asked for.
TEST(RandomStream, NormalsAreThoseOfBoxAndMuller) {
  RandomStream normals(1, Purpose::hidden_weights), uniforms = normals;
  for (int i = 0; i < 100; ++i) {
    const double radius = std::sqrt(-2 * std::log(1 - uniforms.uniform()));
    const double angle = 2 * std::numbers::pi * uniforms.uniform();
    EXPECT_NEAR(normals.normal(), radius * std::cos(angle), 1e-12);
    EXPECT_NEAR(normals.normal(), radius * std::sin(angle), 1e-12);
  }
}

TEST(Permutation, HoldsEachNumberOnce) {
  auto order = permutation(1000, {3, Purpose::split});
  EXPECT_FALSE(std::ranges::is_sorted(order));
  std::ranges::sort(order);
  for (std::uint32_t i = 0; i < 1000; ++i) EXPECT_EQ(order[i], i);
}

TEST(Permutation, OfNothingOrOneIsItself) {
  EXPECT_TRUE(permutation(0, {3, Purpose::split}).empty());
  EXPECT_EQ(permutation(1, {3, Purpose::split}), std::vector<std::uint32_t>{0});
}

TEST(Permutation, EachOrderOfThreeIsEquallyLikely) {
  std::map<std::vector<std::uint32_t>, int> counts;
  for (std::uint64_t seed = 0; seed < 6000; ++seed) ++counts[permutation(3, {seed, Purpose::split})];
  EXPECT_EQ(counts.size(), 6u);
  for (const auto& [order, count] : counts) EXPECT_NEAR(count, 1000, 5 * std::sqrt(1000.0));
}

TEST(RandomStream, FillsAsManyCallsWould) {
  for (const std::size_t before : {0u, 1u, 3u, 4u})
    for (const std::size_t count : {0u, 1u, 4u, 7u, 64u}) {
      RandomStream one(3, Purpose::dropout, 1, 2), other(3, Purpose::dropout, 1, 2);
      for (std::size_t i = 0; i < before; ++i) EXPECT_EQ(one.bits(), other.bits());
      std::vector<std::uint32_t> words(count);
      one.fill(words);
      for (const std::uint32_t word : words) EXPECT_EQ(word, other.bits());
      EXPECT_EQ(one.bits(), other.bits());
    }
}

}  // namespace
}  // namespace ksweep
