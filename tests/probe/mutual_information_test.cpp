#include "probe/mutual_information.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace ksweep {
namespace {

TEST(MutualInformation, OfEqualPartitionsIsOneWhateverTheirNames) {
  EXPECT_DOUBLE_EQ(normalised_mutual_information(std::vector<std::int32_t>{0, 5, 7, 0}, 2), 1);
}

TEST(MutualInformation, OfIndependentPartitionsIsZero) {
  EXPECT_NEAR(normalised_mutual_information(std::vector<std::int32_t>{2, 4, 3, 6}, 2), 0, 1e-12);
}

TEST(MutualInformation, IsTheInformationOverTheMeanEntropy) {
  // 3 samples: (0, 0), (0, 0), (1, 1), one more: (0, 1).  H(rows) = H(1/4), H(columns) = ln 2.
  const double of_rows = -0.75 * std::log(0.75) - 0.25 * std::log(0.25), of_columns = std::log(2);
  const double of_both = 1.5 * std::log(2);  // 1/2, 1/4, 1/4
  EXPECT_NEAR(normalised_mutual_information(std::vector<std::int32_t>{2, 1, 0, 1}, 2),
              2 * (of_rows + of_columns - of_both) / (of_rows + of_columns), 1e-12);
}

TEST(MutualInformation, OfConstantLabelsIsThatOfEqualOnes) {
  EXPECT_EQ(normalised_mutual_information(std::vector<std::int32_t>{4, 0, 0, 0}, 2), 1);
}

}  // namespace
}  // namespace ksweep
