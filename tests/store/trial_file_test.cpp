#include "store/trial_file.h"

#include <gtest/gtest.h>

#include "core/trial_keys.h"
#include "equal.h"
#include "samples.h"

namespace ksweep {
namespace {

TEST(TrialFile, GivesBackEveryNumberItWasGiven) {
  TrialResult result = sample_result();
  result.validation_accuracy_curve = {not_measured, 0.5, not_measured};
  result.test_accuracy = not_measured;
  result.weights = {2, 3, {1, 2, 3, 4, 5, 6}, {6, 5, 4, 3, 2, 1}, {0.5f, -0.5f}, {1, 2, 3}};
  const auto back = decode_trial(encode_trial(result), Detail::everything);
  expect_same_record(result, back);
  expect_same_filters(result.filters, back.filters);
  EXPECT_EQ(back.weights.n_hidden, 2);
  EXPECT_EQ(back.weights.n_inputs, 3);
  EXPECT_EQ(back.weights.encoder, result.weights.encoder);
  EXPECT_EQ(back.weights.decoder, result.weights.decoder);
  EXPECT_EQ(back.weights.hidden_bias, result.weights.hidden_bias);
  EXPECT_EQ(back.weights.visible_bias, result.weights.visible_bias);
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
  result.weights = {1, 1, {1}, {}, {1}, {1}};
  const auto back = decode_trial(encode_trial(result), Detail::numbers);
  EXPECT_TRUE(back.filters.levels.empty());
  EXPECT_TRUE(back.weights.encoder.empty());
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
