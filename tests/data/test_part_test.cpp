#include "data/test_part.h"

#include <gmock/gmock.h>

#include <algorithm>

namespace ksweep {
namespace {

using testing::ElementsAre;

TEST(TestPart, LastIsTheEndOfTheFile) { EXPECT_THAT(test_rows(13, {}, TestPart::last), ElementsAre(11, 12)); }

TEST(TestPart, BalancedIsTheSameForEverybody) {
  // Recorded: these rows enter every result on a set without a test part.
  EXPECT_THAT(test_rows(30, {}, TestPart::balanced), ElementsAre(11, 5, 22, 12, 18));
}

TEST(TestPart, BalancedGivesEachClassItsShare) {
  std::vector<std::int32_t> labels;
  for (int label = 0; label < 5; ++label) labels.insert(labels.end(), 12 * (label + 1), label);
  std::vector<int> counts(5);
  for (const auto row : test_rows(labels.size(), labels, TestPart::balanced))
    ++counts[static_cast<std::size_t>(labels[row])];
  EXPECT_THAT(counts, ElementsAre(2, 4, 6, 8, 10));
}

TEST(TestPart, MovesRowsWithTheirLabels) {
  SampleStorage samples{{0, 1, 10, 11, 20, 21, 30, 31}, {}, {0, 1, 2, 3}, {}};
  set_aside(samples, 2, std::vector<std::uint32_t>{2, 0});
  EXPECT_THAT(samples.train, ElementsAre(10, 11, 30, 31));
  EXPECT_THAT(samples.test, ElementsAre(20, 21, 0, 1));
  EXPECT_THAT(samples.train_labels, ElementsAre(1, 3));
  EXPECT_THAT(samples.test_labels, ElementsAre(2, 0));
}

}  // namespace
}  // namespace ksweep
