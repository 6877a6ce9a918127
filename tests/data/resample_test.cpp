#include "data/resample.h"

#include <gtest/gtest.h>

#include <vector>

namespace ksweep {
namespace {

/// 16 x 16 grey levels to 8 x 8.
std::vector<int> halved(const std::vector<int>& from) {
  std::vector<std::byte> bytes, to(64);
  for (const int value : from) bytes.push_back(static_cast<std::byte>(value));
  halve_image(bytes.data(), 16, 8, to);
  std::vector<int> levels;
  for (const std::byte byte : to) levels.push_back(std::to_integer<int>(byte));
  return levels;
}

template <class Level>
std::vector<int> image(Level&& level) {
  std::vector<int> levels;
  for (int row = 0; row < 16; ++row)
    for (int column = 0; column < 16; ++column) levels.push_back(level(row, column));
  return levels;
}

TEST(Resample, KeepsAConstantImage) {
  for (const int level : {0, 7, 128, 255})
    EXPECT_EQ(halved(image([&](int, int) { return level; })), std::vector<int>(64, level));
}

TEST(Resample, KeepsASlopeInside) {
  const auto levels = halved(image([](int, int column) { return 10 * column; }));
  for (int column = 2; column < 6; ++column)
    EXPECT_EQ(levels[static_cast<std::size_t>(column)], 20 * column + 5);
}

// Keys' kernel with a = -0.5 at distances 0.25 and 0.75 of a new pixel: 222/512 and 58/512.
TEST(Resample, SpreadsAPointByTheBicubicKernel) {
  const auto levels = halved(image([](int row, int column) { return row == 8 && column == 8 ? 255 : 0; }));
  EXPECT_EQ(levels[4 * 8 + 4], 48);  // 255 * (222/512)^2
  EXPECT_EQ(levels[4 * 8 + 3], 13);  // 255 * 222/512 * 58/512
  EXPECT_EQ(levels[3 * 8 + 3], 3);   // 255 * (58/512)^2
  EXPECT_EQ(levels[4 * 8 + 5], 0);   // negative, cut off at black
}

TEST(Resample, MirrorsAtTheEdges) {
  const auto levels = halved(image([](int row, int column) { return row == 0 && column == 0 ? 255 : 0; }));
  EXPECT_EQ(levels[0], 76);  // 255 * ((222 + 58) / 512)^2
}

}  // namespace
}  // namespace ksweep
