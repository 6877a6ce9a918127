#include <gmock/gmock.h>

#include <cmath>
#include <fstream>
#include <limits>

#include "store/scratch.h"
#include "store/store.h"

namespace ksweep {
namespace {

using testing::HasSubstr;

using Pairs = Scratch;

SeedPair sample_pair() {
  return {.id = 0x1234,
          .first = 0xabc,
          .second = 0xdef,
          .mcc = 0.75,
          .upper = 0.8,
          .by_chance = 0.25,
          .cosine_of_first = {0.5f, std::numeric_limits<float>::quiet_NaN()},
          .cosine_of_second = {1, 0.25f, -0.5f}};
}

TEST_F(Pairs, AreReadAsTheyWereWritten) {
  const Store store(folder);
  store.write_pair(sample_pair(), "a and b");
  EXPECT_TRUE(store.has_pair(0x1234, "a and b"));
  const auto found = store.read_pair(0x1234, "a and b");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->id, 0x1234u);
  EXPECT_EQ(found->first, 0xabcu);
  EXPECT_EQ(found->second, 0xdefu);
  EXPECT_EQ(found->mcc, 0.75);
  EXPECT_EQ(found->upper, 0.8);
  EXPECT_EQ(found->by_chance, 0.25);
  EXPECT_EQ(found->cosine_of_first[0], 0.5f);
  EXPECT_TRUE(std::isnan(found->cosine_of_first[1]));
  EXPECT_EQ(found->cosine_of_second, (std::vector<float>{1, 0.25f, -0.5f}));
}

TEST_F(Pairs, OfOtherTrainingsOrDamagedCountAsAbsent) {
  const Store store(folder);
  EXPECT_FALSE(store.has_pair(0x1234, "a and b"));
  EXPECT_FALSE(store.read_pair(0x1234, "a and b"));
  store.write_pair(sample_pair(), "a and b");
  EXPECT_FALSE(store.has_pair(0x1234, "a and c"));
  {
    std::fstream file(store.pair_path(0x1234), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(-1, std::ios::end);
    file.put('!');
  }
  testing::internal::CaptureStderr();
  EXPECT_FALSE(store.has_pair(0x1234, "a and b"));
  EXPECT_FALSE(store.read_pair(0x1234, "a and b"));
  EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("counts as absent"));
}

}  // namespace
}  // namespace ksweep
