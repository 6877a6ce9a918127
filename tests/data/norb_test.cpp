#include "data/norb.h"

#include "data/files.h"
#include "data/load.h"

namespace ksweep {
namespace {

using testing::ElementsAre;

constexpr std::uint32_t byte_magic = 0x1E3D4C55, int_magic = 0x1E3D4C54;

std::string little_endian(std::initializer_list<std::uint32_t> numbers) {
  std::string bytes;
  for (const std::uint32_t number : numbers)
    for (int shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(number >> shift & 0xff);
  return bytes;
}

/// `count` stereo pairs: the left image all `left`, the right one all `right`.
std::string pairs(std::uint32_t count, int left, int right) {
  std::string bytes = little_endian({byte_magic, 4, count, 2, 96, 96});
  for (std::uint32_t pair = 0; pair < count; ++pair)
    bytes += std::string(96 * 96, static_cast<char>(left)) + std::string(96 * 96, static_cast<char>(right));
  return bytes;
}

/// Classes, as small NORB has them: one dimension, with room for three.
std::string classes(std::initializer_list<std::uint32_t> labels) {
  return little_endian({int_magic, 1, static_cast<std::uint32_t>(labels.size()), 1, 1}) +
         little_endian(labels);
}

TEST(Norb, ReadsEveryElementTypeAsLittleEndian) {
  const TemporaryFolder folder;
  const auto read = [&](std::uint32_t magic, const std::string& number) {
    return to_samples(read_binary_matrix(folder.write("m.mat", little_endian({magic, 2, 1, 1, 1}) + number)),
                      1)[0];
  };
  EXPECT_EQ(read(0x1E3D4C51, little_endian({0x3f800000})), 1.0f);
  EXPECT_EQ(read(0x1E3D4C53, little_endian({0, 0xc0000000})), -2.0f);
  EXPECT_EQ(read(0x1E3D4C54, little_endian({65536})), 65536.0f);
  EXPECT_EQ(read(0x1E3D4C55, bytes_of({255})), 255.0f);
  EXPECT_EQ(read(0x1E3D4C56, bytes_of({0xfe, 0xff})), -2.0f);
}

TEST(Norb, ReadsPairsAndClassesUnderTheNamesOfItsFiles) {
  const TemporaryFolder folder;
  folder.write("norb/smallnorb-5x46789x9x18x6x2x96x96-training-dat.mat.gz", gzip(pairs(2, 255, 51)));
  folder.write("norb/smallnorb-5x46789x9x18x6x2x96x96-training-cat.mat.gz", gzip(classes({0, 4})));
  folder.write("norb/smallnorb-5x01235x9x18x6x2x96x96-testing-dat.mat", pairs(1, 0, 255));
  folder.write("norb/smallnorb-5x01235x9x18x6x2x96x96-testing-cat.mat", classes({2}));
  const Dataset norb = load_dataset({"norb", folder.path()});
  EXPECT_EQ(norb.shape.channels, 2);
  EXPECT_EQ(norb.shape.height, 32);
  EXPECT_EQ(norb.n_inputs(), 2048);
  EXPECT_EQ(norb.n_classes, 3);
  EXPECT_EQ(norb.train_samples[0], 1.0f);
  EXPECT_EQ(norb.train_samples[1024], 0.2f);
  EXPECT_EQ(norb.test_samples[1024], 1.0f);
  EXPECT_THAT(std::vector(norb.train_labels, norb.train_labels + 2), ElementsAre(0, 2));
  EXPECT_EQ(norb.test_labels[0], 1);
  EXPECT_THAT(norb.class_names, ElementsAre("0", "2", "4"));
}

TEST(Norb, KeepsTheInner64Pixels) {
  const TemporaryFolder folder;
  std::string bytes = pairs(1, 0, 0);
  const auto set = [&](std::size_t row, std::size_t column) { bytes[24 + row * 96 + column] = '\xff'; };
  for (std::size_t i = 0; i < 96; ++i)
    for (std::size_t edge : {15u, 80u}) set(edge, i), set(i, edge);
  folder.write("smallnorb-x-training-dat.mat", bytes);
  const auto border = to_samples(read_norb_folder(folder.path()).train, 255);
  EXPECT_THAT(border, testing::Each(0.0f));
  set(16, 16);
  folder.write("smallnorb-x-training-dat.mat", bytes);
  EXPECT_GT(to_samples(read_norb_folder(folder.path()).train, 255)[0], 0.0f);
}

TEST(Norb, RefusesHostileFiles) {
  const TemporaryFolder folder;
  const auto expect = [&](const std::string& bytes, const std::string& text) {
    folder.write("smallnorb-x-training-dat.mat", bytes);
    EXPECT_USER_ERROR(read_norb_folder(folder.path()),
                      AllOf(HasSubstr("smallnorb-x-training-dat.mat"), HasSubstr(text)));
  };
  expect("", "ends after 0 of the 8 bytes of its matrix header");
  expect(little_endian({byte_magic, 4, 1, 2}), "cut short");
  expect(std::string(100, 'x'), "begins with 0x78787878, the magic number of no NORB matrix");
  expect(little_endian({0x554C3D1E, 4, 1, 2, 96, 96}), "0x554C3D1E");
  expect(little_endian({byte_magic, 4000000000, 1, 2, 96, 96}), "4000000000 dimensions");
  expect(little_endian({byte_magic, 4, 1, 2, 108, 108}),
         "1 x 2 x 108 x 108: small NORB has pairs x 2 x 96 x 96");
  expect(little_endian({byte_magic, 4, 4000000000, 2, 96, 96}) + "abc",
         "ends after 3 of the 18432 bytes of its stereo pair 0 (counted from 0) of 4000000000");
  expect(pairs(2, 1, 2).substr(0, 24 + 18432 + 5), "ends after 5 of the 18432 bytes of its stereo pair 1");
  expect(pairs(1, 1, 2) + "x", "more bytes follow");
  expect(little_endian({byte_magic, 4, 0, 2, 96, 96}), "holds nothing");
}

TEST(Norb, RefusesTwoFilesOfOnePart) {
  const TemporaryFolder folder;
  folder.write("smallnorb-a-training-dat.mat", pairs(1, 1, 2));
  folder.write("smallnorb-b-training-dat.mat", pairs(1, 1, 2));
  EXPECT_USER_ERROR(load_dataset({folder.path().string(), {}}),
                    HasSubstr("claim to be the part training-dat"));
}

TEST(Norb, RefusesHostileClasses) {
  const TemporaryFolder folder;
  folder.write("smallnorb-x-training-dat.mat", pairs(2, 1, 2));
  const auto expect = [&](const std::string& bytes, const std::string& text) {
    folder.write("smallnorb-x-training-cat.mat", bytes);
    EXPECT_USER_ERROR(load_dataset({folder.path().string(), {}}),
                      AllOf(HasSubstr("smallnorb-x-training-cat.mat"), HasSubstr(text)));
  };
  expect(classes({0}), "1 labels for the 2 samples");
  expect(little_endian({int_magic, 1, 4000000000, 1, 1}) + "abc", "ends after 3 of the 16000000000 bytes");
}

}  // namespace
}  // namespace ksweep
