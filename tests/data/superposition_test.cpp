#include "data/superposition.h"

#include <omp.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/sha256.h"
#include "data/endless.h"
#include "data/files.h"
#include "data/load.h"

namespace ksweep {
namespace {

using testing::ElementsAre;
using testing::StartsWith;

constexpr SuperpositionRecipe small{50, 8, 4, 1, 0.1};

// Recorded: raise superposition_version when it moves.
TEST(Superposition, IsTheSameBytesOnEveryMachine) {
  const Dataset samples = make_superposition(small, 1000, 1);
  Sha256 hash;
  hash.add(std::span(samples.train_samples, 8000));
  hash.add(std::span(samples.true_directions, 400));
  EXPECT_EQ(hash.hex(), "52720fa8e845eee06fc474284694901e5287fce04b86e712817be1477e935e7a");
}

TEST(Superposition, DoesNotDependOnThreadsOrOnHowManyAreMade) {
  omp_set_num_threads(1);
  const Dataset one = make_superposition(small, 300, 50);
  omp_set_num_threads(3);
  const Dataset three = make_superposition(small, 500, 20);
  EXPECT_EQ(one.train(), three.train().topRows(300));
  EXPECT_EQ(one.test().topRows(20), three.test());
  EXPECT_EQ(one.content_hash, three.content_hash);
  EXPECT_NE(one.train().topRows(50), one.test());
}

TEST(Superposition, HasAHashForEveryRecipe) {
  std::vector<std::string> hashes;
  for (const SuperpositionRecipe& recipe :
       {small, SuperpositionRecipe{51, 8, 4, 1, 0.1}, SuperpositionRecipe{50, 9, 4, 1, 0.1},
        SuperpositionRecipe{50, 8, 3, 1, 0.1}, SuperpositionRecipe{50, 8, 4, 2, 0.1},
        SuperpositionRecipe{50, 8, 4, 1, 0}})
    hashes.push_back(make_superposition(recipe, 1, 1).content_hash);
  std::ranges::sort(hashes);
  EXPECT_EQ(std::adjacent_find(hashes.begin(), hashes.end()), hashes.end());
}

TEST(Superposition, ProbabilitiesFallAsAPowerAndAddUpToL0) {
  const auto probabilities = feature_probabilities({16384, 768, 34, 0.5, 0});
  EXPECT_NEAR(std::accumulate(probabilities.begin(), probabilities.end(), 0.0), 34, 1e-9);
  EXPECT_NEAR(probabilities[0] / probabilities[15], 4, 1e-9);
}

// 1, 1/2, 1/3 and 1/4 with L0 2.5: the first is capped, the others share 1.5 as 6 : 4 : 3, so that none exceeds 1.
TEST(Superposition, ProbabilitiesAreCappedAtOne) {
  const auto probabilities = feature_probabilities({4, 8, 2.5, 1, 0});
  EXPECT_EQ(probabilities[0], 1);
  EXPECT_NEAR(probabilities[1], 1.5 * 6 / 13, 1e-12);
  EXPECT_NEAR(probabilities[3], 1.5 * 3 / 13, 1e-12);
  EXPECT_THAT(feature_probabilities({3, 8, 3, 1, 0}), ElementsAre(1, 1, 1));
  EXPECT_USER_ERROR(feature_probabilities({3, 8, 3.5, 1, 0}),
                    StartsWith("data.true_l0 = 3.5 exceeds data.features = 3"));
}

// Five standard errors of the share of 20,000 samples in which each direction is active, for several shapes of blocks.
TEST(Superposition, ActivatesEveryDirectionWithItsProbability) {
  for (const SuperpositionRecipe& recipe :
       {SuperpositionRecipe{50, 4, 4, 1, 0}, SuperpositionRecipe{50, 4, 20, 1, 0},
        SuperpositionRecipe{50, 4, 4, 0, 0}, SuperpositionRecipe{50, 4, 1, 3, 0}}) {
    constexpr int count = 20000;
    const Superposition generator(recipe);
    const auto expected = feature_probabilities(recipe);
    std::vector<int> times(50);
    for (int i = 0; i < count; ++i)
      for (const auto& [feature, weight] : generator.active(Part::train, static_cast<std::uint64_t>(i))) {
        ++times[feature];
        ASSERT_TRUE(weight >= 0.5f && weight <= 1.5f);
      }
    for (std::size_t i = 0; i < 50; ++i) {
      const double p = expected[i];
      EXPECT_NEAR(times[i] / double(count), p, 5 * std::sqrt(p * (1 - p) / count) + 1e-12) << i;
    }
  }
}

TEST(Superposition, ASampleIsTheWeightedSumOfItsDirections) {
  const Superposition generator({50, 8, 4, 1, 0});
  std::vector<float> sample(8);
  generator.draw(Part::test, 3, sample);
  std::vector<double> sum(8);
  for (const auto& [feature, weight] : generator.active(Part::test, 3))
    for (std::size_t i = 0; i < 8; ++i)
      sum[i] += double(weight) * double(generator.directions()[feature * 8 + i]);
  for (std::size_t i = 0; i < 8; ++i) EXPECT_NEAR(sample[i], sum[i], 1e-6);
}

TEST(Superposition, DirectionsHaveLengthOneAndNoiseHasItsDeviation) {
  const Superposition clean({50, 8, 4, 1, 0}), noisy({50, 8, 4, 1, 0.3});
  for (std::size_t feature = 0; feature < 50; ++feature) {
    double squares = 0;
    for (std::size_t i = 0; i < 8; ++i) squares += std::pow(double(clean.directions()[feature * 8 + i]), 2);
    EXPECT_NEAR(squares, 1, 1e-6);
  }
  double squares = 0;
  std::vector<float> without(8), with(8);
  for (std::uint64_t i = 0; i < 1000; ++i) {
    clean.draw(Part::train, i, without);
    noisy.draw(Part::train, i, with);
    for (std::size_t j = 0; j < 8; ++j) squares += std::pow(double(with[j] - without[j]), 2);
  }
  EXPECT_NEAR(std::sqrt(squares / 8000), 0.3, 0.01);  // four standard errors
}

TEST(Superposition, IsTheSameHoweverManyAreMadeWhenNormalised) {
  const Preparation how{.normalise = Normalise::scale, .recipe = small};
  const Dataset few = load_dataset({superposition_name, {}, 10, 1, how}),
                many = load_dataset({superposition_name, {}, 30000, 200, how});
  EXPECT_EQ(few.n_train, 10u);
  EXPECT_EQ(many.n_train, 30000u);
  EXPECT_TRUE(few.endless);
  EXPECT_EQ(few.train(), many.train().topRows(10));
  EXPECT_EQ(few.content_hash, many.content_hash);
  EXPECT_NE(few.content_hash, make_superposition(small, 1, 1).content_hash);
  EXPECT_NEAR(many.train().topRows(20000).rowwise().norm().mean(), std::sqrt(8), 1e-3);
  ASSERT_NE(few.true_directions, nullptr);
  EXPECT_EQ(few.n_true, 50);
}

TEST(Superposition, RefusesKeysThatDoNotConcernIt) {
  EXPECT_USER_ERROR(load_dataset({superposition_name, {}, 1, 1, {.scale = 2}}),
                    StartsWith("data.scale: data.set = superposition"));
  EXPECT_USER_ERROR(load_dataset({"digits", {}, 1, 1, {.recipe = {.true_l0 = 3}}}),
                    StartsWith("data.true_l0: concerns data.set = superposition only, not digits"));
}

}  // namespace
}  // namespace ksweep
