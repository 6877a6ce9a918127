#include "model/network.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/trial_keys.h"

namespace ksweep {
namespace {

TEST(InitialNetwork, DependsOnTheSeedAndNotOnK) {
  Trial trial = default_trial();
  trial.n_hidden = 20;
  const std::string hash = weights_sha256(initial_network(trial, 30));
  trial.k = 7;
  EXPECT_EQ(weights_sha256(initial_network(trial, 30)), hash);
  trial.seed = 1;
  EXPECT_NE(weights_sha256(initial_network(trial, 30)), hash);
}

TEST(InitialNetwork, HasTheWantedSpreadInEveryParameter) {
  Trial trial = default_trial();
  trial.n_hidden = 400;
  const Network net = initial_network(trial, 100);
  double sum = 0, squares = 0;
  for (int unit = 0; unit < 400; ++unit)
    for (int c = 0; c < 100; ++c)
      sum += net.encoder_row(unit)[c], squares += net.encoder_row(unit)[c] * net.encoder_row(unit)[c];
  EXPECT_NEAR(sum / 40000, 0, 3e-4);
  EXPECT_NEAR(squares / 40000, 1e-4, 3e-6);
  EXPECT_NE(net.hidden_bias[0], 0);
  EXPECT_NE(net.visible_bias[99], 0);
}

TEST(InitialNetwork, OfGlorotIsUniformUpToItsBound) {  // Glorot & Bengio 2010, equation 16
  Trial trial = default_trial();
  trial.n_hidden = 50;
  trial.initial_weights = InitialWeights::glorot;
  trial.initial_scale = 1;
  const Network net = initial_network(trial, 100);
  const double bound = std::sqrt(6.0 / 150);
  double largest = 0, squares = 0;
  for (int unit = 0; unit < 50; ++unit)
    for (int c = 0; c < 100; ++c) {
      const double weight = net.encoder_row(unit)[c];
      largest = std::max(largest, std::abs(weight));
      squares += weight * weight;
    }
  EXPECT_LE(largest, bound * (1 + 1e-6));
  EXPECT_GT(largest, 0.99 * bound);
  EXPECT_NEAR(squares / 5000, bound * bound / 3, 0.03 * bound * bound);
}

TEST(InitialNetwork, OfUnitNormBeginsWithADecoderThatIsTheEncoderTransposed) {
  Trial trial = default_trial();
  trial.n_hidden = 12;
  trial.tied = false;
  trial.unit_norm = true;
  const Network net = initial_network(trial, 30);
  for (int unit = 0; unit < 12; ++unit) {
    double length = 0;
    for (int c = 0; c < 30; ++c) length += net.encoder_row(unit)[c] * net.encoder_row(unit)[c];
    for (int c = 0; c < 30; ++c)
      EXPECT_NEAR(net.decoder_row(unit)[c], net.encoder_row(unit)[c] / std::sqrt(length), 1e-6);
  }
}

TEST(Unpadded, LeavesPaddingOut) {
  Trial trial = default_trial();
  trial.n_hidden = 3;
  trial.tied = false;
  const Network net = initial_network(trial, 5);
  const AutoencoderWeights weights = unpadded(net);
  EXPECT_EQ(weights.encoder.size(), 15u);
  EXPECT_EQ(weights.encoder[5], net.encoder_row(1)[0]);
  EXPECT_EQ(weights.decoder[14], net.decoder_row(2)[4]);
  EXPECT_EQ(weights.hidden_bias.size(), 3u);
}

}  // namespace
}  // namespace ksweep
