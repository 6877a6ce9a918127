#include "data/prepare.h"

#include <set>

#include "data/files.h"
#include "data/sample_storage.h"

namespace ksweep {
namespace {

using testing::ElementsAre;
using testing::StartsWith;

/// 6 training and 2 test images of 3 x 4 x 4; every number is unlike every other.
Dataset images() {
  Dataset dataset;
  dataset.name = "images";
  dataset.content_hash = "abc";
  dataset.shape = {3, 4, 4};
  dataset.n_train = 6;
  dataset.n_test = 2;
  dataset.n_classes = 2;
  SampleStorage samples{{}, {}, {0, 1, 0, 1, 0, 1}, {0, 1}};
  for (int i = 0; i < 6 * 48; ++i) samples.train.push_back(static_cast<float>(i) / 1000);
  for (int i = 0; i < 2 * 48; ++i) samples.test.push_back(static_cast<float>(i) / 1000 + 0.5f);
  keep(dataset, std::move(samples));
  return dataset;
}

std::vector<float> first(const float* samples, std::size_t count) { return {samples, samples + count}; }

TEST(Prepare, LeavesASetAloneWithoutKeys) {
  const Dataset before = images(), after = prepare(before, {}, 0, 0);
  EXPECT_EQ(after.train_samples, before.train_samples);
  EXPECT_EQ(after.content_hash, "abc");
}

TEST(Prepare, WeighsColoursAsBt601) {
  const Dataset grey = prepare(images(), {.grey = true}, 0, 0);
  EXPECT_EQ(grey.shape.channels, 1);
  EXPECT_EQ(grey.n_inputs(), 16);
  EXPECT_FLOAT_EQ(grey.train_samples[1], 0.299f * 0.001f + 0.587f * 0.017f + 0.114f * 0.033f);
  EXPECT_FLOAT_EQ(grey.test_samples[1], 0.299f * 0.501f + 0.587f * 0.517f + 0.114f * 0.533f);
  EXPECT_EQ(grey.train_labels[1], 1);
  EXPECT_EQ(grey.test_labels[1], 1);
}

/// Upper left corners of patches of 2 x 2, whose pixels must stand beside each other as in images().
std::set<float> corners_of(const float* patches, std::size_t count) {
  std::set<float> corners;
  for (const float* patch = patches; patch < patches + 12 * count; patch += 12) {
    corners.insert(patch[0]);
    EXPECT_NEAR(patch[1] - patch[0], 0.001, 1e-6);  // next column
    EXPECT_NEAR(patch[2] - patch[0], 0.004, 1e-6);  // next row
    EXPECT_NEAR(patch[4] - patch[0], 0.016, 1e-6);  // next channel
    EXPECT_NEAR(patch[8] - patch[0], 0.032, 1e-6);
  }
  return corners;
}

/// The first pixels of every place that a patch of 2 x 2 has in (n x 3 x 4 x 4) samples.
std::set<float> all_corners(const float* samples, std::size_t n_samples) {
  std::set<float> corners;
  for (std::size_t sample = 0; sample < n_samples; ++sample)
    for (std::size_t row = 0; row < 3; ++row)
      for (std::size_t column = 0; column < 3; ++column)
        corners.insert(samples[48 * sample + 4 * row + column]);
  return corners;
}

TEST(Prepare, CutsPatchesWithTheirChannelsFromOneImageOfTheirPart) {
  const Dataset whole = images(), patches = prepare(whole, {.patch = 2}, 1000, 500);
  EXPECT_EQ(patches.n_inputs(), 12);
  EXPECT_EQ(patches.n_train, 1000u);
  EXPECT_EQ(patches.n_test, 500u);
  EXPECT_EQ(patches.n_classes, 0);
  EXPECT_EQ(patches.train_labels, nullptr);
  EXPECT_EQ(patches.test_labels, nullptr);
  // Every place of every image of the part comes up, and nothing else.
  EXPECT_EQ(corners_of(patches.train_samples, 1000), all_corners(whole.train_samples, 6));
  EXPECT_EQ(corners_of(patches.test_samples, 500), all_corners(whole.test_samples, 2));
}

TEST(Prepare, CutsTheSamePatchesHoweverMany) {
  for (const Normalise how : {Normalise::none, Normalise::whiten}) {
    const Preparation preparation{.patch = 2, .normalise = how};
    const Dataset few = prepare(images(), preparation, 10, 1),
                  many = prepare(images(), preparation, 30000, 500);
    EXPECT_EQ(first(few.train_samples, 120), first(many.train_samples, 120));
    EXPECT_EQ(first(few.test_samples, 12), first(many.test_samples, 12));
    EXPECT_EQ(few.content_hash, many.content_hash);
  }
}

TEST(Prepare, GivesEveryPreparationAHashOfItsOwn) {
  std::set<std::string> hashes{images().content_hash};
  for (const Preparation& preparation :
       {Preparation{.patch = 2}, Preparation{.patch = 3}, Preparation{.patch = 2, .grey = true},
        Preparation{.grey = true}, Preparation{.patch = 2, .normalise = Normalise::whiten},
        Preparation{.normalise = Normalise::standardise}, Preparation{.normalise = Normalise::contrast}})
    hashes.insert(prepare(images(), preparation, 10, 1).content_hash);
  EXPECT_EQ(hashes.size(), 8u);
}

TEST(Prepare, NamesWhatItDid) {
  EXPECT_EQ(prepare(images(), {2, true, Normalise::whiten}, 1, 1).name,
            "images (grey, 2 x 2 patches, whiten)");
  EXPECT_EQ(prepared_name("mnist", {}), "mnist");
}

TEST(Prepare, RefusesAPatchLargerThanTheImages) {
  EXPECT_USER_ERROR(prepare(images(), {.patch = 5}, 1, 1),
                    StartsWith("data.patch = 5 exceeds the samples of images, which are 4 x 4"));
}

TEST(Prepare, RefusesToWhitenTooManyInputs) {
  Dataset wide = images();
  wide.shape = {1, 1, 1025};
  EXPECT_USER_ERROR(prepare(wide, {.normalise = Normalise::whiten}, 1, 1),
                    StartsWith("data.normalise = whiten of 1025 inputs"));
}

}  // namespace
}  // namespace ksweep
