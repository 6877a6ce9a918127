// The code of a mini-batch is, bit for bit, the one that the rule keeps of all pre-activations, whatever threads and screening.
#include "model/batch_search.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "model/rules.h"
#include "search_case.h"

namespace ksweep {
namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float least_positive = std::numeric_limits<float>::min();

struct Entry {
  int unit, sample;
  std::uint32_t bits;
  bool operator==(const Entry&) const = default;
};

/// What rules::batch_topk keeps, sample after sample, and what of it reaches `least`; by unit, then by sample.
std::vector<Entry> kept_by_rule(const Kernels& kernels, Case& c, int k, float least) {
  const AlignedFloats z = product_of(kernels, c);
  const int n_hidden = c.network.n_hidden, row = padded(c.n_samples);
  std::vector<float> activations;
  for (int i = 0; i < c.n_samples; ++i)
    for (int unit = 0; unit < n_hidden; ++unit) {
      const float value = z[std::size_t(unit * row + i)];
      activations.push_back(least == least_positive && value < 0 ? 0 : value);
    }
  std::vector<std::uint8_t> kept(activations.size());
  rules::batch_topk(activations, {.k = k, .n_samples = c.n_samples}, kept);
  std::vector<Entry> entries;
  for (int unit = 0; unit < n_hidden; ++unit)
    for (int i = 0; i < c.n_samples; ++i)
      if (const auto place = std::size_t(i * n_hidden + unit); kept[place] && activations[place] >= least)
        entries.push_back({unit, i, std::bit_cast<std::uint32_t>(activations[place])});
  return entries;
}

std::vector<Entry> entries_of(const SparseCode& code, int n_hidden) {
  std::vector<Entry> entries;
  for (int unit = 0; unit < n_hidden; ++unit)
    for (const CodeEntry& entry : code.of_unit(unit))
      entries.push_back({unit, entry.sample, std::bit_cast<std::uint32_t>(entry.value)});
  return entries;
}

std::vector<Entry> found(const Kernels& kernels, Case& c, int k, float least, int n_threads) {
  const LoadedSamples samples = load(kernels, c);
  const AlignedFloats starts = starts_of(kernels, c);
  BatchSearch search(kernels, c.network, c.n_samples);
  SparseCode code(c.network.n_hidden);
  search.find({c.network, starts.data(), c.centred ? c.network.visible_bias.data() : nullptr}, samples,
              c.n_samples, k, least, n_threads, code);
  return entries_of(code, c.network.n_hidden);
}

void expect_what_the_rule_keeps(Case& c, int k) {
  for (const bool centred : {false, true})
    for (const Kernels* kernels : all_kernels())
      for (const float least : {-infinity, least_positive}) {
        c.centred = centred;
        const auto expected = kept_by_rule(*kernels, c, k, least);
        for (const int n_threads : {1, 2, 3})
          ASSERT_EQ(found(*kernels, c, k, least, n_threads), expected)
              << kernels->isa << " k " << k << " threads " << n_threads << " least " << least;
      }
}

TEST(BatchSearch, KeepsWhatTheRuleKeeps) {
  for (const auto& [n_hidden, n_samples, n_inputs] : {std::tuple{4, 1, 1}, {53, 19, 21}, {500, 37, 100}})
    for (const int k : {1, n_hidden / 16 + 1, n_hidden / 4}) {
      Case c = make_case(n_hidden, n_samples, n_inputs);
      expect_what_the_rule_keeps(c, k);
    }
}

TEST(BatchSearch, TiesGoToTheLowerSampleThenToTheLowerUnit) {
  Case c = make_case(300, 20, 32);
  for (int i = 0; i < 20; ++i) std::copy_n(c.sample(i % 2), 32, c.sample(i));
  for (int unit = 0; unit < 300; ++unit) {
    std::copy_n(c.weights(unit % 10), 32, c.weights(unit));
    c.network.hidden_bias[std::size_t(unit)] = 0;
  }
  for (const int k : {1, 7, 18, 70}) expect_what_the_rule_keeps(c, k);
  std::ranges::fill(c.network.encoder.span(), 0.0f);
  for (const int k : {1, 18}) expect_what_the_rule_keeps(c, k);
}

TEST(BatchSearch, FewerThanWantedAreKeptIfOthersAreOff) {
  Case c = make_case(64, 20, 32);
  for (float& bias : c.network.hidden_bias.span()) bias -= 12;  // most pre-activations are negative
  const auto& kernels = kernels_for("portable");
  const std::size_t n_positive = kept_by_rule(kernels, c, 16, least_positive).size();
  EXPECT_LT(n_positive, 16u * 20);
  expect_what_the_rule_keeps(c, 16);
}

TEST(BatchSearch, FlawedNumbersDoNotHideTheOthers) {
  for (const float flaw : {std::numeric_limits<float>::quiet_NaN(), infinity, -infinity, 3.4e38f, 1e25f}) {
    Case c = make_case(200, 20, 40);
    c.weights(17)[3] = c.sample(3)[11] = flaw;
    for (const int k : {3, 12}) expect_what_the_rule_keeps(c, k);
  }
}

/// What rules::jump_relu keeps of the pre-activations, and what of it reaches `least`; by unit, then by sample.
std::vector<Entry> above_by_rule(const Kernels& kernels, Case& c, std::span<const float> thresholds,
                                 float least) {
  const AlignedFloats z = product_of(kernels, c);
  const int n_hidden = c.network.n_hidden, row = padded(c.n_samples);
  std::vector<Entry> entries;
  for (int i = 0; i < c.n_samples; ++i) {
    std::vector<float> activations;
    for (int unit = 0; unit < n_hidden; ++unit) activations.push_back(z[std::size_t(unit * row + i)]);
    std::vector<std::uint8_t> kept(activations.size());
    rules::jump_relu(activations, {.thresholds = thresholds}, kept);
    for (int unit = 0; unit < n_hidden; ++unit)
      if (const float value = activations[std::size_t(unit)]; kept[std::size_t(unit)] && value >= least)
        entries.push_back({unit, i, std::bit_cast<std::uint32_t>(value)});
  }
  std::ranges::sort(entries, {}, [](const Entry& e) { return std::pair(e.unit, e.sample); });
  return entries;
}

/// Searches above thresholds; none: there are too many.
std::optional<std::vector<Entry>> found_above(const Kernels& kernels, Case& c,
                                              std::span<const float> thresholds, float least, int n_threads) {
  const LoadedSamples samples = load(kernels, c);
  const AlignedFloats starts = starts_of(kernels, c);
  BatchSearch search(kernels, c.network, c.n_samples);
  SparseCode code(c.network.n_hidden);
  if (!search.find_above({c.network, starts.data(), c.centred ? c.network.visible_bias.data() : nullptr},
                         samples, c.n_samples, thresholds, least, n_threads, code))
    return std::nullopt;
  return entries_of(code, c.network.n_hidden);
}

/// Returns thresholds that `per_sample` pre-activations of a sample exceed on average.  varied: they differ from unit to unit.
std::vector<float> thresholds_for(Case& c, double per_sample, bool varied) {
  const AlignedFloats z = product_of(kernels_for("portable"), c);
  std::vector<float> sorted, thresholds;
  for (int unit = 0; unit < c.network.n_hidden; ++unit)
    for (int i = 0; i < c.n_samples; ++i) sorted.push_back(z[std::size_t(unit * padded(c.n_samples) + i)]);
  std::ranges::sort(sorted, std::greater<>{});
  const float threshold = sorted[std::size_t(per_sample * c.n_samples)];
  for (int unit = 0; unit < c.network.n_hidden; ++unit)
    thresholds.push_back(threshold * (varied ? 1 + 0.1f * float(unit % 7) : 1));
  return thresholds;
}

void expect_what_is_above(Case& c, std::span<const float> thresholds) {
  for (const bool centred : {false, true})
    for (const Kernels* kernels : all_kernels())
      for (const float least : {-infinity, least_positive}) {
        c.centred = centred;
        const auto expected = above_by_rule(*kernels, c, thresholds, least);
        for (const int n_threads : {1, 2, 3}) {
          const auto found = found_above(*kernels, c, thresholds, least, n_threads);
          ASSERT_TRUE(found) << kernels->isa << ": " << expected.size();
          ASSERT_EQ(*found, expected) << kernels->isa << " threads " << n_threads << " least " << least;
        }
      }
}

TEST(BatchSearch, FindsWhatIsAboveThresholds) {
  for (const auto& [n_hidden, n_samples, n_inputs] : {std::tuple{53, 19, 21}, {500, 37, 100}, {1200, 16, 32}})
    for (const bool varied : {false, true}) {
      Case c = make_case(n_hidden, n_samples, n_inputs);
      const auto thresholds = thresholds_for(c, n_hidden / 40.0, varied);
      ASSERT_FALSE(above_by_rule(kernels_for("portable"), c, thresholds, -infinity).empty());
      expect_what_is_above(c, thresholds);
    }
}

TEST(BatchSearch, WhatEqualsAThresholdIsNotAboveIt) {
  Case c = make_case(64, 20, 32);
  std::ranges::fill(c.network.encoder.span(), 0.0f);
  for (int unit = 0; unit < 64; ++unit) c.network.hidden_bias[std::size_t(unit)] = unit < 3 ? 2 : 1;
  std::vector<float> thresholds(64, 1);
  thresholds[2] = 2;
  expect_what_is_above(c, thresholds);
  EXPECT_EQ(found_above(kernels_for("portable"), c, thresholds, -infinity, 1)->size(), 2u * 20);
}

TEST(BatchSearch, FlawedNumbersDoNotHideWhatIsAbove) {
  for (const float flaw : {std::numeric_limits<float>::quiet_NaN(), infinity, -infinity, 3.4e38f}) {
    Case c = make_case(200, 20, 40);
    const auto thresholds = thresholds_for(c, 3, false);
    c.weights(17)[3] = c.sample(3)[11] = flaw;
    for (const Kernels* kernels : all_kernels()) {
      const auto found = found_above(*kernels, c, thresholds, -infinity, 2);
      ASSERT_TRUE(found) << kernels->isa << " flaw " << flaw;
      ASSERT_EQ(*found, above_by_rule(*kernels, c, thresholds, -infinity))
          << kernels->isa << " flaw " << flaw;
    }
  }
}

TEST(BatchSearch, ManyAboveThresholdsAreNotSearched) {
  Case c = make_case(500, 37, 100);
  for (const Kernels* kernels : all_kernels())
    EXPECT_FALSE(found_above(*kernels, c, thresholds_for(c, 250, false), -infinity, 2)) << kernels->isa;
}

TEST(BatchSearch, ServesWhereFewAreKept) {
  const Case c = make_case(100, 1, 16);
  EXPECT_TRUE(BatchSearch(kernels_for("portable"), c.network, 1).serves(25));
  EXPECT_FALSE(BatchSearch(kernels_for("portable"), c.network, 1).serves(26));
}

}  // namespace
}  // namespace ksweep
