#include "model/epoch_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace ksweep {
namespace {

using testing::ElementsAre;
using testing::FloatEq;

constexpr std::size_t n_units = 10000;

EpochSettings settings_of(double share) {
  EpochSettings settings;
  settings.dropout = settings.input_noise = share;
  settings.seed = 4;
  settings.epoch = 2;
  return settings;
}

std::vector<float> noisy(const EpochSettings& settings, std::uint32_t row) {
  std::vector<float> inputs(n_units, 0.5f);
  add_noise(settings, row, inputs);
  return inputs;
}

std::vector<float> mask(const EpochSettings& settings, std::uint32_t row) {
  std::vector<float> mask(n_units, 7.0f);  // whatever was there
  draw_dropout(settings, row, mask);
  return mask;
}

TEST(Noise, ZeroesItsShareOfTheInputsAndLeavesTheOthers) {
  for (const double share : {0.0, 0.1, 0.5, 0.99}) {
    const std::vector<float> inputs = noisy(settings_of(share), 9);
    const auto zeros = std::ranges::count(inputs, 0.0f);
    EXPECT_NEAR(static_cast<double>(zeros) / n_units, share, 0.02);
    EXPECT_EQ(zeros + std::ranges::count(inputs, 0.5f), n_units);
  }
}

TEST(Dropout, IsAMaskOfOnesAndItsShareOfZeros) {
  for (const double share : {0.0, 0.2, 0.5}) {
    const std::vector<float> drawn = mask(settings_of(share), 9);
    const auto zeros = std::ranges::count(drawn, 0.0f);
    EXPECT_NEAR(static_cast<double>(zeros) / n_units, share, 0.02);
    EXPECT_EQ(zeros + std::ranges::count(drawn, 1.0f), n_units);
  }
}

TEST(NoiseAndDropout, AreKeyedByRowEpochAndSeedAndApart) {
  for (const auto draw : {noisy, mask}) {
    const EpochSettings settings = settings_of(0.5);
    EpochSettings other_epoch = settings, other_seed = settings;
    ++other_epoch.epoch;
    ++other_seed.seed;
    const std::vector<float> usual = draw(settings, 9);
    EXPECT_EQ(draw(settings, 9), usual);
    EXPECT_NE(draw(settings, 10), usual);
    EXPECT_NE(draw(other_epoch, 9), usual);
    EXPECT_NE(draw(other_seed, 9), usual);
  }
  std::vector<float> hit;
  for (const float input : noisy(settings_of(0.5), 9)) hit.push_back(2 * input);
  EXPECT_NE(hit, mask(settings_of(0.5), 9));
}

TEST(ShiftedTargets, AreDrawnToTheirOwnMeanAndDrivenFromTheOther) {
  const ShiftedTargets targets{.attraction = 0.25f,
                               .repulsion = 0.5f,
                               .n_inputs = 2,
                               .means = {0, 0, 4, 8, 1, 1},
                               .own = {0, 1},
                               .other = {0, 2}};
  const float inputs[] = {2, 3};
  float target[2];
  shift_target(targets, 1, inputs, target);
  // 0.75 (2, 3) + 0.25 (4, 8) + 0.5 ((2, 3) - (1, 1))
  EXPECT_THAT(target, ElementsAre(FloatEq(3), FloatEq(5.25)));
}

}  // namespace
}  // namespace ksweep
