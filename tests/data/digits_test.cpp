#include "data/digits.h"

#include <omp.h>

#include <algorithm>
#include <array>
#include <map>

#include "base/sha256.h"
#include "data/files.h"
#include "data/glyphs.h"

namespace ksweep {
namespace {

using Image = std::array<std::uint8_t, 784>;

std::string bytes_drawn(int n_images) {
  Sha256 hash;
  for (int i = 0; i < n_images; ++i) {
    Image image;
    draw_digit(0, 0, static_cast<std::uint64_t>(i), image);
    hash.add(std::span<const std::uint8_t>(image));
  }
  return hash.hex();
}

// The recorded number moves with any change of the generator: raise digits_version then, and record the new
// one.
TEST(Digits, AreTheSameBytesOnEveryMachine) {
  EXPECT_EQ(bytes_drawn(1000), "ace0b2131844494aa1ad120a8b37e5c38c1d0ba7ac03ca63d75169679255607f");
}

TEST(Digits, DoNotDependOnThreadsOrOnHowManyAreMade) {
  omp_set_num_threads(1);
  const Dataset one = make_digits(300, 50);
  omp_set_num_threads(3);
  const Dataset three = make_digits(500, 20);
  EXPECT_EQ(one.train(), three.train().topRows(300));
  EXPECT_EQ(one.test().topRows(20), three.test());
  EXPECT_TRUE(std::equal(one.train_labels, one.train_labels + 300, three.train_labels));
  EXPECT_EQ(one.content_hash, three.content_hash);
}

TEST(Digits, DifferBySeedPartAndIndex) {
  Image image, other;
  draw_digit(1, 0, 5, image);
  for (const auto& [seed, part, index] : {std::tuple{2u, 0u, 5u}, {1u, 1u, 5u}, {1u, 0u, 6u}}) {
    draw_digit(seed, part, index, other);
    EXPECT_NE(image, other);
  }
}

TEST(Digits, AreOfTenClassesEquallyOften) {
  const Dataset digits = make_digits(5000, 1);
  std::map<int, int> counts;
  for (std::size_t i = 0; i < digits.n_train; ++i) ++counts[digits.train_labels[i]];
  EXPECT_EQ(counts.size(), 10u);
  for (const auto& [digit, count] : counts) EXPECT_NEAR(count, 500, 100) << digit;  // 4.7 standard deviations
}

TEST(Digits, HaveInkOnTheirMiddleAndPaperAtTheirEdge) {
  const Dataset digits = make_digits(2000, 1);
  const auto mean = digits.train().colwise().mean().eval();
  float middle = 0, edge = 0;
  for (int i = 0; i < 28; ++i) {
    edge = std::max({edge, mean(i), mean(27 * 28 + i), mean(28 * i), mean(28 * i + 27)});
    middle = std::max(middle, mean(14 * 28 + i));
  }
  EXPECT_LT(edge, 0.02f);
  EXPECT_GT(middle, 0.3f);
  EXPECT_GT(digits.train().rowwise().sum().minCoeff(), 10) << "an image has hardly any ink";
}

TEST(Digits, AreMadeInDefaultNumbersOnlyIfNoneIsGiven) {
  const Dataset digits = make_digits(7, 3);
  EXPECT_EQ(digits.n_train, 7u);
  EXPECT_EQ(digits.n_test, 3u);
  EXPECT_TRUE(digits.endless);
  EXPECT_EQ(digits.n_classes, 10);
}

TEST(Glyphs, OfEveryDigitLieInTheirBox) {
  for (int digit = 0; digit < 10; ++digit) {
    EXPECT_GE(glyphs_of(digit).size(), 3u);
    for (const Glyph& glyph : glyphs_of(digit))
      for (const Stroke& stroke : glyph.strokes) {
        EXPECT_GE(stroke.size(), 2u);
        for (const PenPoint& point : stroke)
          EXPECT_TRUE(point.x >= 0 && point.x <= 1 && point.y >= 0 && point.y <= 1) << digit;
      }
  }
}

}  // namespace
}  // namespace ksweep
