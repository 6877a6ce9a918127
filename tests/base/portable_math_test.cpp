#include "base/portable_math.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>

namespace ksweep {
namespace {

constexpr double most_error = 1e-14;

TEST(PortableMath, LogarithmIsThatOfTheLibraryButForRounding) {
  for (double number = 1e-300; number < 1e300; number *= 1.37)
    EXPECT_NEAR(portable_log(number), std::log(number), most_error * std::abs(std::log(number))) << number;
  EXPECT_EQ(portable_log(1), 0);
}

TEST(PortableMath, ExponentialIsThatOfTheLibraryButForRounding) {
  for (double exponent = -699; exponent < 700; exponent += 0.37)
    EXPECT_NEAR(portable_exp(exponent) / std::exp(exponent), 1, 20 * most_error) << exponent;
  EXPECT_EQ(portable_exp(0), 1);
  EXPECT_EQ(portable_exp(-800), 0);
}

// Four standard errors of 100,000 numbers.
TEST(PortableMath, NormalsHaveTheMomentsOfTheNormalDistribution) {
  RandomStream random(1, Purpose::superposition);
  PortableNormals normals(random);
  constexpr int count = 100000;
  double sum = 0, squares = 0, fourth = 0;
  for (int i = 0; i < count; ++i) {
    const double number = normals.next();
    sum += number;
    squares += number * number;
    fourth += std::pow(number, 4);
  }
  EXPECT_NEAR(sum / count, 0, 0.013);
  EXPECT_NEAR(squares / count, 1, 0.018);
  EXPECT_NEAR(fourth / count, 3, 0.124);
}

// Recorded: another number means that data sets change.
TEST(PortableMath, GivesRecordedBits) {
  RandomStream random(7, Purpose::superposition);
  PortableNormals normals(random);
  std::uint64_t bits = 0;
  for (int i = 0; i < 1000; ++i) bits = std::rotl(bits, 7) ^ std::bit_cast<std::uint64_t>(normals.next());
  EXPECT_EQ(bits, 6129540519260889290u);
  EXPECT_EQ(std::bit_cast<std::uint64_t>(portable_exp(-1.5)), 4597207131539332125u);
}

}  // namespace
}  // namespace ksweep
