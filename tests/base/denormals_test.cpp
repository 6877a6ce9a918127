#include "base/denormals.h"

#include <gtest/gtest.h>

#include <limits>
#include <thread>

namespace ksweep {
namespace {

float half_of_the_smallest() {
  volatile float smallest = std::numeric_limits<float>::min();
  return smallest * 0.5f;
}

float many_times_a_denormal() {
  volatile float denormal = std::numeric_limits<float>::denorm_min();
  return denormal * 0x1p30f;
}

TEST(FlushDenormals, TakesThemForZeroAsOperands) {
  float before = -1, after = -1;
  std::thread([&] {  // its setting ends with it
    before = many_times_a_denormal();
    flush_denormals();
    after = many_times_a_denormal();
  })
      .join();
  EXPECT_GT(before, 0);
  EXPECT_EQ(after, 0);
}

TEST(FlushDenormals, MakesThemZeroInThisThreadAndThoseItStarts) {
  float before = -1, here = -1, in_child = -1;
  std::thread([&] {  // its setting ends with it
    before = half_of_the_smallest();
    flush_denormals();
    here = half_of_the_smallest();
    std::thread([&] { in_child = half_of_the_smallest(); }).join();
  })
      .join();
  EXPECT_GT(before, 0);
  EXPECT_EQ(here, 0);
  EXPECT_EQ(in_child, 0);
}

}  // namespace
}  // namespace ksweep
