#include "model/max_norm.h"

#include <gtest/gtest.h>

#include <array>

namespace ksweep {
namespace {

TEST(MaxNorm, ScalesOnlyUnitsWhoseIncomingWeightsAreLonger) {
  Layers layers = zero_layers(std::array{2, 18}, Activation::linear, Activation::linear, true);
  Layer& layer = layers[0];
  const auto weight = [&](int input, int unit) -> float& {
    return layer.weights[static_cast<std::size_t>(input * layer.stride + unit)];
  };
  for (const int unit : {0, 17}) {
    weight(0, unit) = 3;
    weight(1, unit) = -4;
  }
  weight(0, 1) = 0.3f;
  layer.biases[0] = 9;
  const Team team(2);
  limit_incoming_weights(layer, 2, team);
  for (const int unit : {0, 17}) {
    EXPECT_FLOAT_EQ(weight(0, unit), 1.2f);
    EXPECT_FLOAT_EQ(weight(1, unit), -1.6f);
  }
  EXPECT_EQ(weight(0, 1), 0.3f);
  EXPECT_EQ(layer.biases[0], 9);
}

}  // namespace
}  // namespace ksweep
