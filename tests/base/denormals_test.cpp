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
