#include "store/results_hash.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "samples.h"

namespace ksweep {
namespace {

const std::vector<TrialResult> trials = sample_record().trials;

TEST(ResultsHash, IgnoresTheOrderOfTrials) {
  auto reversed = trials;
  std::ranges::reverse(reversed);
  EXPECT_EQ(results_hash(trials), results_hash(reversed));
}

TEST(ResultsHash, IgnoresTimesPlacesAndMissingTrials) {
  auto other = trials;
  other[0].train_time_s = 99;
  other[0].rank = 7;
  other[0].host = "elsewhere";
  other.pop_back();
  EXPECT_EQ(results_hash(trials), results_hash(other));
}

TEST(ResultsHash, IgnoresWhatWasNotMeasured) {
  auto other = trials;
  other[0].k_curve.push_back(not_measured);
  EXPECT_EQ(results_hash(trials), results_hash(other));
}

TEST(ResultsHash, ChangesWithTheLastBitOfAnyReproducibleNumber) {
  for (const auto& quantity : scalar_quantities()) {
    auto other = trials;
    other[0].*quantity.member = std::nextafter(other[0].*quantity.member, 1e9);
    EXPECT_EQ(results_hash(trials) != results_hash(other), quantity.reproducible) << quantity.name;
  }
  for (const auto& quantity : vector_quantities()) {
    auto other = trials;
    auto& last = (other[0].*quantity.member).back();
    last = std::nextafter(last, 1e9);
    const bool follows_from_keys = quantity.member == &TrialResult::samples_curve;
    EXPECT_EQ(results_hash(trials) != results_hash(other), !follows_from_keys) << quantity.name;
  }
}

TEST(ResultsHash, ChangesWithSpecificationStatusConfusionAndWeights) {
  const auto changed = [](auto change) {
    auto other = trials;
    change(other[0]);
    return results_hash(other) != results_hash(trials);
  };
  EXPECT_TRUE(changed([](TrialResult& result) { result.trial.seed = 77; }));
  EXPECT_TRUE(changed([](TrialResult& result) { result.status = Status::failed; }));
  EXPECT_TRUE(changed([](TrialResult& result) { result.test_confusion[3] += 1; }));
  EXPECT_TRUE(changed([](TrialResult& result) { result.weights_sha256[0] ^= 1; }));
}

}  // namespace
}  // namespace ksweep
