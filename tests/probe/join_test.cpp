#include "probe/join.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "probe/sample_rows.h"
#include "sample_features.h"

namespace ksweep {
namespace {

/// All samples as plain numbers.
std::vector<std::vector<float>> plain(const Features& features) {
  const Rows rows(features);
  std::vector<std::vector<float>> numbers;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    numbers.emplace_back(static_cast<std::size_t>(features.n_features));
    for_each_entry(rows[i], [&](int feature, float value) {
      numbers.back()[static_cast<std::size_t>(feature)] = value;
    });
  }
  return numbers;
}

std::vector<std::vector<float>> one_after_the_other(const Features& first, const Features& second) {
  auto numbers = plain(first);
  for (auto& row : plain(second)) numbers.push_back(std::move(row));
  return numbers;
}

// 700 and 600 samples: the blocks of the second one move.
const Samples first = overlapping_classes(700, 9, 3, 1), second = overlapping_classes(600, 9, 3, 2);

TEST(Joined, HoldsTheSamplesOfBothInOrderWhateverTheirForm) {
  const Features firsts[] = {first.sparse(), first.dense()}, seconds[] = {second.sparse(), second.dense()};
  for (const Features& a : firsts)
    for (const Features& b : seconds) {
      const Features both = joined(a, b);
      EXPECT_EQ(both.n_samples, 1300u);
      EXPECT_EQ(both.dense(), a.dense() && b.dense());
      EXPECT_EQ(plain(both), one_after_the_other(a, b));
    }
}

Features chosen_of(const Features& all, std::span<const std::uint32_t> chosen) {
  Features features;
  features.n_features = all.n_features;
  features.n_samples = chosen.size();
  features.rows = all.rows;
  features.chosen = chosen;
  return features;
}

const std::vector<std::uint32_t> odd{1, 3, 5}, even{2, 0};

TEST(Joined, LeavesTheRowsOfADataSetWhereTheyLie) {
  const Features all = first.dense(), some = chosen_of(all, odd), others = chosen_of(all, even);
  const Features both = joined(some, others);
  EXPECT_EQ(both.rows, all.rows);
  EXPECT_TRUE(both.own_rows.empty());
  EXPECT_EQ(plain(both), one_after_the_other(some, others));
}

TEST(Joined, HoldsTheSamplesOfTwoDataSets) {
  const Features one = first.dense(), other = second.dense(), some = chosen_of(one, odd),
                 others = chosen_of(other, even);
  EXPECT_EQ(plain(joined(some, others)), one_after_the_other(some, others));
}

}  // namespace
}  // namespace ksweep
