#include "probe/features.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/errors.h"
#include "core/trial_keys.h"
#include "kernels/isa.h"
#include "sample_features.h"

namespace ksweep {
namespace {

using testing::ElementsAre;

bool never_stop() { return true; }

/// Three units that see one pixel each: the code of a sample is the sample.
Network identity() {
  Trial trial = default_trial();
  trial.n_hidden = 3;
  trial.initial_scale = 0;
  Network network = initial_network(trial, 3);
  for (int unit = 0; unit < 3; ++unit) network.encoder[unit * network.stride + unit] = 1;
  return network;
}

constexpr float rows[] = {1, 2, 3,  //
                          9, 9, 9,  //
                          6, 5, 4};
constexpr std::uint32_t chosen[] = {2, 0};

TEST(EncodeFeatures, KeepsTheLargestOfEachChosenRow) {
  const Network network = identity();
  const Team team(1);
  Batch batch(best_kernels(), network, 1, team);
  std::vector<std::uint32_t> active(3);
  const Features features = encode_features(batch, network, rows, chosen, 2, 1, never_stop, &active);
  EXPECT_FALSE(features.dense());
  EXPECT_THAT(features.feature_begin, ElementsAre(0, 1, 3, 4));
  EXPECT_THAT(features.sample, ElementsAre(0, 0, 1, 1));
  EXPECT_THAT(features.value, ElementsAre(6, 5, 2, 3));
  EXPECT_THAT(active, ElementsAre(1, 2, 1));
}

TEST(EncodeFeatures, IsDenseWhereNothingIsDropped) {
  const Network network = identity();
  const Team team(1);
  Batch batch(best_kernels(), network, 2, team);
  const Features features = encode_features(batch, network, rows, chosen, 3, 2, never_stop);
  ASSERT_TRUE(features.dense());
  EXPECT_THAT(std::vector(features.rows, features.rows + 6), ElementsAre(6, 5, 4, 1, 2, 3));
}

TEST(SparseFeatures, StartANewBlockWhereOneIsFull) {
  constexpr std::int32_t index[] = {0, 1};
  SparseFeatures made(2);
  for (std::size_t i = 0; i < Features::block_size + 3; ++i)
    made.add(index, std::vector<float>{i % 2 == 0 ? 1.0f : 0.0f, 2});
  const Features features = std::move(made).finish();
  EXPECT_EQ(features.n_samples, 515u);
  EXPECT_THAT(features.block_begin, ElementsAre(0, 256 + 512, 256 + 512 + 2 + 3));
  const SparseBlock last = features.block(1);
  EXPECT_THAT(std::vector(last.begin, last.begin + 3), ElementsAre(0, 2, 5));
  EXPECT_THAT(std::vector(last.sample, last.sample + 5), ElementsAre(0, 2, 0, 1, 2));
  EXPECT_THAT(std::vector(last.value, last.value + 5), ElementsAre(1, 1, 2, 2, 2));
}

TEST(RawFeatures, AreSparseWhereMostNumbersAreZero) {
  constexpr float mostly_zero[] = {0, 7, 0, 0,  //
                                   0, 8, 0, 9};
  constexpr std::uint32_t first[] = {0}, second[] = {1};
  const Features features = raw_features(mostly_zero, 4, first);
  ASSERT_FALSE(features.dense());
  EXPECT_THAT(features.feature_begin, ElementsAre(0, 0, 1, 1, 1));
  EXPECT_THAT(features.value, ElementsAre(7));
  EXPECT_TRUE(raw_features(mostly_zero, 4, second).dense());
}

TEST(EncodeFeatures, StopsWhenAsked) {
  const Network network = identity();
  const Team team(1);
  Batch batch(best_kernels(), network, 1, team);
  EXPECT_THROW(encode_features(batch, network, rows, chosen, 2, 1, [] { return false; }), Interrupted);
}

TEST(RootMeanSquareLength, IsTheSameForAllFormsOfFeatures) {
  const Samples samples{Matrix<double>{{3, 4}, {0, 1}}, {}};  // lengths 5 and 1
  EXPECT_DOUBLE_EQ(root_mean_square_length(samples.dense()), std::sqrt(13));
  EXPECT_DOUBLE_EQ(root_mean_square_length(samples.sparse()), std::sqrt(13));
  const std::uint32_t first[] = {0};
  const Features dense = samples.dense();
  EXPECT_DOUBLE_EQ(root_mean_square_length(raw_features(dense.rows, 2, first)), 5);
}

TEST(RootMeanSquareLength, OfNothingButZerosIsOne) {
  EXPECT_EQ(root_mean_square_length(Samples{Matrix<double>::Zero(2, 2), {}}.dense()), 1);
}

}  // namespace
}  // namespace ksweep
