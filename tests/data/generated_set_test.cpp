#include "data/generated_set.h"

#include <algorithm>

#include "base/errors.h"
#include "data/files.h"
#include "data/load.h"
#include "data/superposition.h"

namespace ksweep {
namespace {

using testing::HasSubstr;

constexpr std::size_t n_train = 150, n_test = 120;

DataRequest request_for(Normalise normalise) {
  Preparation how{.normalise = normalise};
  how.recipe = {.n_features = 30, .n_inputs = 7, .true_l0 = 3, .frequency_exponent = 0.5, .noise = 0.1};
  return {superposition_name, {}, n_train, n_test, how};
}

void expect_rows(const SampleRows& rows, const SampleRows& expected, std::size_t count, int n_inputs) {
  std::vector<float> row(static_cast<std::size_t>(n_inputs)), other = row;
  for (std::uint32_t i = 0; i < count; ++i) {
    rows.copy(i, n_inputs, row.data());
    expected.copy(i, n_inputs, other.data());
    ASSERT_EQ(row, other) << "row " << i;
  }
}

class GeneratedSets : public testing::TestWithParam<Normalise> {};

TEST_P(GeneratedSets, HaveNumbersAndHashOfTheSetInMemory) {
  const DataRequest request = request_for(GetParam());
  const Dataset memory = load_dataset(request), made = load_generated(request);
  EXPECT_FALSE(memory.is_streamed);
  EXPECT_TRUE(made.is_streamed);
  EXPECT_EQ(made.train_samples, nullptr);
  EXPECT_EQ(made.content_hash, memory.content_hash);
  EXPECT_EQ(made.name, memory.name);
  EXPECT_EQ(made.factor, memory.factor);
  ASSERT_EQ(made.n_train, n_train);
  ASSERT_EQ(made.n_test, n_test);
  expect_rows(made.train_rows(), memory.train_rows(), n_train, memory.n_inputs());
  expect_rows(made.test_rows(), memory.test_rows(), n_test, memory.n_inputs());
  ASSERT_EQ(made.n_true, memory.n_true);
  EXPECT_TRUE(
      std::equal(made.true_directions, made.true_directions + made.n_true * 7, memory.true_directions));
}

TEST_P(GeneratedSets, AreOpenedFromTheirDescription) {
  const Dataset set = load_generated(request_for(GetParam()));
  const auto other = open_parts(std::get<GeneratedSet>(described_set(set.streamed->description)));
  expect_rows(*other->train, set.train_rows(), n_train, set.n_inputs());
  expect_rows(*other->test, set.test_rows(), n_test, set.n_inputs());
}

INSTANTIATE_TEST_SUITE_P(WithAndWithoutScale, GeneratedSets,
                         testing::Values(Normalise::none, Normalise::scale));

TEST(GeneratedSet, SaysThatItsSamplesAreMadeAsTheyAreNeeded) {
  EXPECT_THAT(load_generated(request_for(Normalise::none)).notes,
              testing::ElementsAre(HasSubstr("are made as they are needed")));
}

TEST(GeneratedSet, IsRefusedWhereAllSamplesAreNeededAtATime) {
  EXPECT_USER_ERROR(load_generated(request_for(Normalise::whiten)),
                    testing::AllOf(HasSubstr("data.set = superposition: its samples take"),
                                   HasSubstr("are made as they are needed"), HasSubstr("data.normalise")));
}

}  // namespace
}  // namespace ksweep
