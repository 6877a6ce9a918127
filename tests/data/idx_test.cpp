#include "data/idx.h"

#include "data/files.h"
#include "data/load.h"

namespace ksweep {
namespace {

using testing::ElementsAre;
using testing::StartsWith;

std::vector<float> read(const TemporaryFolder& folder, const std::string& bytes) {
  const RawArray array = read_idx(folder.write("images", bytes));
  return to_samples(array, array.element == Element::u8 ? 255 : 1);
}

TEST(Idx, ReadsTwoThreeAndFourDimensions) {
  const TemporaryFolder folder;
  const std::string pixels = bytes_of({0, 0, 255, 255, 0, 255});
  for (const auto& file : {idx(8, {2, 3}, pixels), idx(8, {2, 3, 1}, pixels), idx(8, {2, 1, 1, 3}, pixels)})
    EXPECT_THAT(read(folder, file), ElementsAre(0, 0, 1, 1, 0, 1));
}

TEST(Idx, ReadsEveryElementTypeAsBigEndian) {
  const TemporaryFolder folder;
  EXPECT_THAT(read(folder, idx(0x09, {1, 2}, bytes_of({0xff, 2}))), ElementsAre(-1, 2));
  EXPECT_THAT(read(folder, idx(0x0B, {1, 2}, bytes_of({1, 0, 0xff, 0xfe}))), ElementsAre(256, -2));
  EXPECT_THAT(read(folder, idx(0x0C, {1, 1}, bytes_of({0, 1, 0, 0}))), ElementsAre(65536));
  EXPECT_THAT(read(folder, idx(0x0D, {1, 1}, bytes_of({0x3f, 0x80, 0, 0}))), ElementsAre(1));
  EXPECT_THAT(read(folder, idx(0x0E, {1, 1}, bytes_of({0xc0, 0, 0, 0, 0, 0, 0, 0}))), ElementsAre(-2));
}

TEST(Idx, ReadsACompressedFile) {
  const TemporaryFolder folder;
  EXPECT_THAT(read(folder, gzip(idx(8, {1, 2}, bytes_of({255, 0})))), ElementsAre(1, 0));
}

TEST(Idx, RefusesHostileFiles) {
  const TemporaryFolder folder;
  const auto expect = [&](const std::string& bytes, const std::string& text) {
    EXPECT_USER_ERROR(read(folder, bytes),
                      AllOf(StartsWith((folder.path() / "images").string()), HasSubstr(text)));
  };
  expect("", "ends after 0 of the 4 bytes of its IDX header");
  expect(bytes_of({0, 0, 8, 3, 0, 0}), "cut short");
  expect("PNG or something", "is no IDX file");
  expect(idx(7, {1, 1}, "x"), "element type 7 is none of IDX");
  expect(idx(8, {1, 1, 1, 1, 1}, "x"), "5 dimensions");
  expect(idx(8, {2, 2}, "abc"), "ends after 3 of the 4 bytes of its 2 x 2 numbers");
  expect(idx(8, {2, 2}, "abcde"), "more bytes follow the last sample");
  expect(idx(8, {4000000000, 28, 28}, "abc"), "ends after 3 of the 3136000000000 bytes");
  expect(idx(8, {4000000000, 4000000000, 4000000000}, "abc"), "more than any file can hold");
  expect(idx(8, {0, 28, 28}, ""), "holds nothing");
  expect(gzip(idx(8, {2, 2}, "abc")), "cut short");
}

TEST(Idx, FindsThePartsOfAFolderPlainAndCompressed) {
  const TemporaryFolder folder;
  folder.write("train-images-idx3-ubyte", idx(8, {2, 1, 1}, "ab"));
  folder.write("train-images-idx3-ubyte.gz", "the plain file is taken");
  folder.write("train-labels-idx1-ubyte.gz", gzip(idx(8, {2}, bytes_of({0, 1}))));
  folder.write("README.md", "no part");
  const Parts parts = read_idx_folder(folder.path());
  EXPECT_THAT(parts.train.dims, ElementsAre(2, 1, 1));
  ASSERT_TRUE(parts.train_labels.has_value());
  EXPECT_THAT(doubles_of(*parts.train_labels), ElementsAre(0, 1));
  EXPECT_FALSE(parts.test.has_value());
  EXPECT_THAT(parts.unused, ElementsAre("README.md"));
}

TEST(Idx, KnowsOtherNamesOfItsParts) {
  const TemporaryFolder folder;
  folder.write("emnist-digits-train-images-idx3-ubyte", idx(8, {2, 1, 1}, "ab"));
  folder.write("emnist-digits-test-images-idx3-ubyte", idx(8, {1, 1, 1}, "c"));
  folder.write("test-labels-idx1-ubyte", idx(8, {1}, bytes_of({4})));
  const Parts parts = read_idx_folder(folder.path());
  ASSERT_TRUE(parts.test.has_value() && parts.test_labels.has_value());
  EXPECT_THAT(doubles_of(*parts.test_labels), ElementsAre(4));
  folder.write("t10k-labels-idx1-ubyte", idx(8, {1}, bytes_of({4})));
  EXPECT_USER_ERROR(read_idx_folder(folder.path()), HasSubstr("claim to be t10k-labels"));
}

TEST(Idx, RefusesAFolderWithTwoTrainingParts) {
  const TemporaryFolder folder;
  folder.write("train-images-idx3-ubyte", "");
  folder.write("train-images-idx4-ubyte", "");
  EXPECT_USER_ERROR(read_idx_folder(folder.path()), HasSubstr("claim to be train-images"));
}

TEST(Idx, RefusesAFolderWithoutTrainingSamples) {
  const TemporaryFolder folder;
  EXPECT_USER_ERROR(read_idx_folder(folder.path()), HasSubstr("holds no file train-images-idx3-ubyte"));
}

TEST(Idx, ReadsBackWhatItWrites) {
  const TemporaryFolder folder;
  const Dataset digits = load_dataset({"digits", {}, 20, 10});
  write_idx(digits, folder.path() / "new");
  const Dataset back = load_dataset({(folder.path() / "new").string(), {}});
  EXPECT_EQ(back.shape.height, 28);
  EXPECT_EQ(back.train(), digits.train());
  EXPECT_EQ(back.test(), digits.test());
  EXPECT_TRUE(std::equal(digits.train_labels, digits.train_labels + 20, back.train_labels));
  EXPECT_TRUE(std::equal(digits.test_labels, digits.test_labels + 10, back.test_labels));
}

TEST(Idx, WritesColourAsFourDimensions) {
  const TemporaryFolder folder;
  folder.write("train-images-idx4-ubyte", idx(8, {6, 2, 1, 1}, "abcdefghijkl"));
  write_idx(load_dataset({folder.path().string(), {}}), folder.path() / "copy");
  EXPECT_THAT(read_idx(folder.path() / "copy/train-images-idx4-ubyte").dims, ElementsAre(5, 2, 1, 1));
}

}  // namespace
}  // namespace ksweep
