#include "group_sequential.h"

#include <gmock/gmock.h>

#include <cmath>

#include "normal_sequences.h"

namespace ksweep {
namespace {

TEST(GroupSequentialValues, OfOneLookIsStudents) {
  // t(0.95; 3) = 2.353363, t(0.995; 9) = 3.249836: printed tables.
  EXPECT_THAT(group_sequential_values(0.05, {4, 4}),
              testing::ElementsAre(testing::DoubleNear(2.353363, 1e-5)));
  EXPECT_THAT(group_sequential_values(0.005, {10, 10}),
              testing::ElementsAre(testing::DoubleNear(3.249836, 1e-5)));
}

TEST(GroupSequentialValues, AreExceededAsOftenAsTheErrorSays) {
  const Looks looks{4, 20};
  const int n = 100000;
  for (const double error : {0.05, 0.01})
    EXPECT_NEAR(share_exceeding([&, values = group_sequential_values(error, looks)](
                                    std::size_t at) { return values.at(at - looks.first); },
                                looks, n),
                error, 4 * std::sqrt(error / n) + error / 100);
}

TEST(GroupSequentialValues, AtTheFirstLookSpendItsShareOfTheError) {
  // 0.05 (4 / 20)^2 = 0.002: t(0.998; 3) = 8.05265, SciPy's stdtrit(3, 0.998).
  EXPECT_NEAR(group_sequential_values(0.05, {4, 20}).front(), 8.05265, 1e-4);
}

TEST(GroupSequentialValues, FallFromLookToLook) {
  const auto critical = group_sequential_values(0.05 / 39, {4, 20});
  ASSERT_EQ(critical.size(), 17u);
  for (std::size_t i = 1; i < critical.size(); ++i) EXPECT_LT(critical[i], critical[i - 1]);
}

}  // namespace
}  // namespace ksweep
