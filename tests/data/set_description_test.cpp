#include "data/set_description.h"

#include <gmock/gmock.h>

namespace ksweep {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

void expect_equal(const InputScaling& scaling, const InputScaling& expected) {
  EXPECT_EQ(scaling.divisor, expected.divisor);
  EXPECT_EQ(scaling.mean, expected.mean);
  EXPECT_EQ(scaling.factor, expected.factor);
}

TEST(SetDescription, HoldsAllOfStoredSamples) {
  const ShardArray first{.path = "/data/a\xff.safetensors",  // paths may hold any byte
                         .name = "a: acts",
                         .element = Element::f64,
                         .dims = {7, 3, 2},
                         .offset = 5'000'000'000,
                         .big_endian = true};
  ShardArray second = first;
  second.path = "/data/b.npy";
  second.big_endian = false;
  const StoredSet set{.arrays = {first, second},
                      .skipped_positions = "0, 2",
                      .test_part = TestPart::last,
                      .scaling = {255, {0.5f, -1e-30f}, 0.125f}};
  const auto found = std::get<StoredSet>(described_set(description_of(set)));
  ASSERT_EQ(found.arrays.size(), 2u);
  EXPECT_EQ(found.arrays[0].path, first.path);
  EXPECT_EQ(found.arrays[0].name, "a: acts");
  EXPECT_EQ(found.arrays[0].element, Element::f64);
  EXPECT_THAT(found.arrays[0].dims, ElementsAre(7, 3, 2));
  EXPECT_EQ(found.arrays[0].offset, 5'000'000'000u);
  EXPECT_TRUE(found.arrays[0].big_endian);
  EXPECT_EQ(found.arrays[1].path, "/data/b.npy");
  EXPECT_FALSE(found.arrays[1].big_endian);
  EXPECT_EQ(found.skipped_positions, "0, 2");
  EXPECT_EQ(found.test_part, TestPart::last);
  expect_equal(found.scaling, set.scaling);
}

TEST(SetDescription, HoldsStoredSamplesOfNoFile) {
  EXPECT_THAT(std::get<StoredSet>(described_set(description_of(StoredSet{}))).arrays, IsEmpty());
}

TEST(SetDescription, HoldsAllOfGeneratedSamples) {
  const GeneratedSet set{
      .recipe = {.n_features = 30, .n_inputs = 7, .true_l0 = 3.25, .frequency_exponent = 0.75, .noise = 0.1},
      .scaling = {2, {1.5f}, 3}};
  const auto found = std::get<GeneratedSet>(described_set(description_of(set)));
  EXPECT_EQ(found.recipe, set.recipe);
  expect_equal(found.scaling, set.scaling);
}

}  // namespace
}  // namespace ksweep
