#include "race/critical_values.h"

#include <gmock/gmock.h>

#include <cmath>

#include "base/portable_math.h"

namespace ksweep {
namespace {

/// Share of sequences of normal differences with mean 0, any of whose t statistics exceeds its critical value.
double share_exceeding(const std::vector<double>& critical, Looks looks, int n_sequences) {
  RandomStream random(1, Purpose::split);
  PortableNormals normals(random);
  int n_exceeding = 0;
  for (int i = 0; i < n_sequences; ++i) {
    double sum = 0, squares = 0;
    bool exceeds = false;
    for (std::size_t n = 1; n <= looks.last; ++n) {
      const double x = normals.next(), number = static_cast<double>(n);
      sum += x;
      squares += x * x;
      const double error = std::sqrt((squares - sum * sum / number) / (number - 1) / number);
      exceeds |= n >= looks.first && sum / number > critical[n - looks.first] * error;
    }
    n_exceeding += exceeds;
  }
  return static_cast<double>(n_exceeding) / n_sequences;
}

TEST(CriticalValues, OfOneLookIsStudents) {
  // t(0.95; 3) = 2.353363, t(0.995; 9) = 3.249836: printed tables.
  EXPECT_THAT(critical_values(0.05, {4, 4}), testing::ElementsAre(testing::DoubleNear(2.353363, 1e-5)));
  EXPECT_THAT(critical_values(0.005, {10, 10}), testing::ElementsAre(testing::DoubleNear(3.249836, 1e-5)));
}

TEST(CriticalValues, AreExceededAsOftenAsTheErrorSays) {
  const Looks looks{4, 20};
  const int n = 100000;
  for (const double error : {0.05, 0.01})
    EXPECT_NEAR(share_exceeding(critical_values(error, looks), looks, n), error,
                4 * std::sqrt(error / n) + error / 100);
}

TEST(CriticalValues, AtTheFirstLookSpendItsShareOfTheError) {
  // 0.05 (4 / 20)^2 = 0.002: t(0.998; 3) = 8.05265, SciPy's stdtrit(3, 0.998).
  EXPECT_NEAR(critical_values(0.05, {4, 20}).front(), 8.05265, 1e-4);
}

TEST(CriticalValues, FallFromLookToLook) {
  const auto critical = critical_values(0.05 / 39, {4, 20});
  ASSERT_EQ(critical.size(), 17u);
  for (std::size_t i = 1; i < critical.size(); ++i) EXPECT_LT(critical[i], critical[i - 1]);
}

}  // namespace
}  // namespace ksweep
