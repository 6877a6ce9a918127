#include "store/trial_file.h"

#include <gtest/gtest.h>

#include <tuple>

#include "core/trial_keys.h"
#include "equal.h"
#include "samples.h"

namespace ksweep {
namespace {

AutoencoderWeights shallow_weights() {
  return {2, 3, {1, 2, 3, 4, 5, 6}, {6, 5, 4, 3, 2, 1}, {0.5f, -0.5f}, {1, 2, 3}};
}

void expect_same_weights(const Weights& one, const Weights& other) {
  ASSERT_EQ(one.stack.size(), other.stack.size());
  for (std::size_t i = 0; i < one.stack.size(); ++i) {
    const AutoencoderWeights &a = one.stack[i], &b = other.stack[i];
    EXPECT_EQ(std::tie(a.n_hidden, a.n_inputs, a.encoder, a.decoder, a.hidden_bias, a.visible_bias),
              std::tie(b.n_hidden, b.n_inputs, b.encoder, b.decoder, b.hidden_bias, b.visible_bias));
  }
  ASSERT_EQ(one.layers.size(), other.layers.size());
  for (std::size_t i = 0; i < one.layers.size(); ++i) {
    const LayerWeights &a = one.layers[i], &b = other.layers[i];
    EXPECT_EQ(std::tie(a.n_inputs, a.n_outputs, a.weights, a.biases),
              std::tie(b.n_inputs, b.n_outputs, b.weights, b.biases));
  }
  EXPECT_EQ(std::tie(one.inputs.divisor, one.inputs.mean, one.inputs.factor),
            std::tie(other.inputs.divisor, other.inputs.mean, other.inputs.factor));
}

TEST(TrialFile, GivesBackEveryNumberItWasGiven) {
  TrialResult result = sample_result();
  result.validation_accuracy_curve = {not_measured, 0.5, not_measured};
  result.test_accuracy = not_measured;
  result.weights.stack = {shallow_weights()};
  const auto back = decode_trial(encode_trial(result), Detail::everything);
  expect_same_record(result, back);
  expect_same_filters(result.filters, back.filters);
  expect_same_weights(result.weights, back.weights);
}

TEST(TrialFile, GivesBackTheWeightsOfAStack) {
  TrialResult result = sample_result();
  result.weights.stack = {shallow_weights(), {1, 2, {7, 8}, {}, {9}, {10, 11}}};
  expect_same_weights(result.weights, decode_trial(encode_trial(result), Detail::everything).weights);
}

TEST(TrialFile, GivesBackTheWeightsOfDenseLayers) {
  TrialResult result = sample_result();
  result.weights.layers = {{2, 3, {1, 2, 3, 4, 5, 6}, {7, 8, 9}}, {3, 1, {1, 2, 3}, {4}}};
  expect_same_weights(result.weights, decode_trial(encode_trial(result), Detail::everything).weights);
}

TEST(TrialFile, GivesBackHowSamplesWereScaledWithTheWeights) {
  TrialResult result = sample_result();
  result.weights.stack = {shallow_weights()};
  result.weights.inputs = {255, {0.5f, -1, 3}, 0.25f};
  const Weights back = decode_trial(encode_trial(result), Detail::everything).weights;
  expect_same_weights(result.weights, back);
  EXPECT_EQ(weights_sha256(back), weights_sha256({{shallow_weights()}, {}}));
}

TEST(TrialFile, SaysNothingOfHowSamplesWereScaledWithoutWeights) {
  TrialResult result = sample_result();
  result.weights.inputs = {255, {0.5f, -1, 3}, 0.25f};
  EXPECT_EQ(decode_trial(encode_trial(result), Detail::everything).weights.inputs.divisor, 0);
}

TEST(TrialFile, KeepsVectorsLargerThanAnObjectHeader) {
  TrialResult result = sample_result(0, 25, 20'000);
  result.filters = {100, 784, std::vector<std::int32_t>(100, 5), std::vector<float>(100, 0.5f),
                    std::vector<std::int8_t>(78'400, 3)};
  const auto back = decode_trial(encode_trial(result), Detail::with_filters);
  expect_same_record(result, back);
  expect_same_filters(result.filters, back.filters);
}

TEST(TrialFile, LeavesFiltersAndWeightsUnreadWhenOnlyNumbersAreAskedFor) {
  TrialResult result = sample_result();
  result.weights = {{shallow_weights()}, {{1, 1, {1}, {1}}}};
  const auto back = decode_trial(encode_trial(result), Detail::numbers);
  EXPECT_TRUE(back.filters.levels.empty());
  EXPECT_TRUE(back.weights.empty());
}

TEST(TrialFile, KeepsAFailedTrialWithoutNumbers) {
  const auto failed = failed_result(4);
  expect_same_record(failed, decode_trial(encode_trial(failed), Detail::numbers));
}

TEST(TrialFile, KeepsTheRawBaselineWhichHasNoHiddenUnits) {
  TrialResult result = sample_result();
  result.trial.kind = ModelKind::raw;
  result.trial = normalised(result.trial);
  ASSERT_EQ(result.trial.k, 0);
  expect_same_record(result, decode_trial(encode_trial(result), Detail::numbers));
}

TEST(TrialFile, StartsWithTextThatAPersonCanRead) {
  const auto result = sample_result();
  EXPECT_EQ(encode_trial(result).substr(0, 35), "ksweep trial 1\nid " + id_text(result.id) + "\n");
}

TEST(TrialFile, HasEqualBytesForEqualRecords) {
  EXPECT_EQ(encode_trial(sample_result()), encode_trial(sample_result()));
}

class SealTest : public ::testing::Test {
 protected:
  Seal seal_of(const std::string& file) const { return check_seal(file, result.id, wanted); }
  const TrialResult result = sample_result();
  const std::string wanted = identity(result.trial);
  const std::string bytes = encode_trial(result);
};

TEST_F(SealTest, IsRightForTheTrialItself) { EXPECT_EQ(seal_of(bytes), Seal::right); }
TEST_F(SealTest, IsBrokenForAFileOfAnotherKind) {
  EXPECT_EQ(check_seal(bytes, result.id, wanted, "checkpoint"), Seal::broken);
}

TEST_F(SealTest, IsForeignForAnotherIdOrSpecification) {
  EXPECT_EQ(check_seal(bytes, result.id + 1, wanted), Seal::foreign);
  EXPECT_EQ(check_seal(bytes, result.id, wanted + "model.new = 1\n"), Seal::foreign);
}

TEST_F(SealTest, IsBrokenWhereverTheFileIsCutShort) {
  for (std::size_t size = 0; size < bytes.size(); size += 97)
    EXPECT_EQ(seal_of(bytes.substr(0, size)), Seal::broken) << size;
  EXPECT_EQ(seal_of(bytes.substr(0, bytes.size() - 1)), Seal::broken);
  EXPECT_EQ(seal_of(bytes + '\0'), Seal::broken);
}

TEST_F(SealTest, IsBrokenByAnySingleBit) {
  std::string damaged = bytes;
  for (std::size_t position = 0; position < bytes.size(); ++position) {
    const char bit = static_cast<char>(1 << (position % 8));
    damaged[position] ^= bit;
    EXPECT_EQ(seal_of(damaged), Seal::broken) << position;
    damaged[position] ^= bit;
  }
}

}  // namespace
}  // namespace ksweep
