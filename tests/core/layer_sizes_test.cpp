#include "core/layer_sizes.h"

#include <gtest/gtest.h>

namespace ksweep {
namespace {

using Sizes = std::vector<int>;

TEST(LayerSizes, AreJoinedByDashes) {
  EXPECT_EQ(parse_layer_sizes("30-10"), Sizes({30, 10}));
  EXPECT_EQ(parse_layer_sizes("784"), Sizes({784}));
  EXPECT_EQ(parse_layer_sizes("none"), Sizes());
}

TEST(LayerSizes, AreNothingElse) {
  for (const char* text : {"", "-", "30-", "-30", "30--10", "30,10", "30 10", "0", "30-0", "1000001", "many"})
    EXPECT_EQ(parse_layer_sizes(text), std::nullopt) << text;
}

TEST(LayerSizes, HaveOneTextHoweverWritten) {
  EXPECT_EQ(layer_sizes_text(layer_sizes("030-10")), "30-10");
  EXPECT_EQ(layer_sizes_text({}), "none");
}

TEST(LayerSizes, OfAnAutoencoderAreMirrored) {
  EXPECT_EQ(mirrored_layer_sizes("30-10", 784), Sizes({784, 30, 10, 30, 784}));
  EXPECT_EQ(mirrored_layer_sizes("30", 784), Sizes({784, 30, 784}));
}

}  // namespace
}  // namespace ksweep
