#include "data/endless.h"

#include <gtest/gtest.h>

#include <vector>

namespace ksweep {
namespace {

constexpr std::size_t n_inputs = 3, n_hashed = n_hashed_samples * n_inputs;

/// The hash of a set of so many samples in each part, of which one number is changed.
std::string hash_with(std::vector<float> train, std::vector<float> test, const std::string& recipe = "bars") {
  Dataset dataset;
  dataset.shape = {1, 1, n_inputs};
  dataset.train_samples = train.data();
  dataset.test_samples = test.data();
  return endless_hash(dataset, recipe);
}

std::vector<float> samples(std::size_t n_more = 0) { return std::vector<float>(n_hashed + n_more, 0.5f); }

std::vector<float> with_another(std::size_t position) {
  std::vector<float> changed = samples(1);
  changed[position] = 0.25f;
  return changed;
}

TEST(EndlessHash, KnowsTheRecipeAndTheFirstSamplesOfBothParts) {
  const std::string usual = hash_with(samples(), samples());
  EXPECT_NE(hash_with(samples(), samples(), "stripes"), usual);
  for (const std::size_t position : {std::size_t{0}, n_hashed - 1}) {
    EXPECT_NE(hash_with(with_another(position), samples()), usual) << position;
    EXPECT_NE(hash_with(samples(), with_another(position)), usual) << position;
  }
}

TEST(EndlessHash, DoesNotKnowHowManyFollow) {
  EXPECT_EQ(hash_with(with_another(n_hashed), with_another(n_hashed)), hash_with(samples(), samples()));
}

}  // namespace
}  // namespace ksweep
