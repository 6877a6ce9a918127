#include "train/joint_codes.h"

#include <gtest/gtest.h>

#include <array>

#include "kernels/isa.h"

namespace ksweep {
namespace {

const Team one_thread(1);
bool go_on() { return true; }

/// Weight of input i and output j: 1 + i + 10 j; bias of output j: 0.5.
Layers linear_layer(int n_inputs, int n_outputs) {
  Layers layers = zero_layers(std::array{n_inputs, n_outputs}, Activation::linear, Activation::linear, true);
  for (int j = 0; j < n_outputs; ++j) {
    layers[0].biases[std::size_t(j)] = 0.5f;
    for (int i = 0; i < n_inputs; ++i)
      layers[0].weights[std::size_t(i * layers[0].stride + j)] = float(1 + i + 10 * j);
  }
  return layers;
}

TEST(DecoderFilters, AreImagesOfEachUnitsMeanActivationLessThatOfNothing) {
  const Layers decoder = linear_layer(2, 3);
  const UnitActivity activity{{2, 4}, {6, -8}};  // means 3 and -2
  const Filters filters = decoder_filters(best_kernels(), decoder, activity, one_thread);
  EXPECT_EQ(filters.units, (std::vector<std::int32_t>{1, 0}));  // the most often active first
  const float images[2][3] = {{-4, -24, -44}, {3, 33, 63}};
  for (std::size_t unit = 0; unit < 2; ++unit)
    for (std::size_t pixel = 0; pixel < 3; ++pixel)
      EXPECT_NEAR(filters.scale[unit] * filters.levels[3 * unit + pixel], images[unit][pixel],
                  filters.scale[unit] / 2);
}

TEST(DecoderFilters, OfUnitsThatAreNeverActiveAreNothing) {
  const Layers decoder = linear_layer(2, 3);
  const Filters filters = decoder_filters(best_kernels(), decoder, {{0, 1}, {0, 1}}, one_thread);
  EXPECT_EQ(filters.units[1], 0);
  for (std::size_t pixel = 0; pixel < 3; ++pixel) EXPECT_EQ(filters.levels[3 + pixel], 0);
}

TEST(LayerCodes, AreSparseWhereTheLargestAreKeptAndDenseWhereAllAre) {
  const Layers encoder = linear_layer(1, 3);  // of 1: 1.5, 11.5, 21.5
  const std::vector<float> rows{1, -1};
  const std::vector<std::uint32_t> chosen{0, 1};
  LayersBatch batch(best_kernels(), encoder, 2, one_thread);
  std::vector<std::uint32_t> active;
  const Features kept = encode_features(batch, encoder, rows.data(), chosen, 1, 2, go_on, &active);
  EXPECT_FALSE(kept.dense());
  EXPECT_EQ(kept.value, (std::vector<float>{-0.5f, 21.5f}));  // by unit
  EXPECT_EQ(active, (std::vector<std::uint32_t>{1, 0, 1}));
  const Features all = encode_features(batch, encoder, rows.data(), chosen, 3, 2, go_on);
  ASSERT_TRUE(all.dense());
  EXPECT_EQ(all.own_rows, (std::vector<float>{1.5f, 11.5f, 21.5f, -0.5f, -10.5f, -20.5f}));
}

}  // namespace
}  // namespace ksweep
