#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "kernels/isa.h"
#include "kernels/reference.h"
#include "random_numbers.h"
#include "update_rules.h"

namespace ksweep {
namespace {

constexpr int n = 272, n_samples = 5;  // inputs: whole tiles of columns, and a rest
const UpdateRule rule{
    Optimizer::sgd, 1, 0, 0, 0, 0, 1, 1};  // value -= gradient: the update shows the gradient

TEST(EntryProducts, AreThoseOfTheFormula) {
  const AlignedFloats image = random_numbers(n, 1), rows = random_numbers(n_samples * n, 2);
  const std::vector<CodeEntry> entries{{0, 0.5f}, {2, 0.25f}, {4, 0.75f}};
  for (const std::string& isa : all_isas()) {
    float products[3] = {};
    kernels_for(isa).entry_products(image.data(), entries.data(), 3, rows.data(), n, n, products);
    for (int e = 0; e < 3; ++e) {
      double expected = 0;
      for (int i = 0; i < n; ++i) expected += double(rows[entries[e].sample * n + i]) * image[i];
      EXPECT_NEAR(products[e], expected, 1e-5 * n) << isa;
    }
  }
}

AlignedFloats positive_numbers() {
  AlignedFloats numbers = random_numbers(n, 5);
  for (int i = 0; i < n; ++i) numbers[i] *= numbers[i];
  return numbers;
}

/// The row after it was pulled.
AlignedFloats pulled(const std::string& isa, const UpdateRule& by, const AlignedFloats& rows, int n_terms,
                     AlignedFloats velocity) {
  AlignedFloats row = random_numbers(n, 1), squares = positive_numbers();
  std::vector<GradientTerm> terms;
  for (int p = 0; p < n_terms; ++p) terms.push_back({rows.data() + p * n, 0.1f * static_cast<float>(p + 1)});
  kernels_for(isa).apply_terms(by, {row.data(), velocity.data(), squares.data()}, terms.data(), n_terms, n);
  return row;
}

TEST(Pull, MovesTheRowByTheSumOfScaledRows) {
  const AlignedFloats before = random_numbers(n, 1), rows = random_numbers(n_samples * n, 2);
  for (const std::string& isa : all_isas())
    for (int n_terms : {0, 1, 5}) {
      const AlignedFloats after = pulled(isa, rule, rows, n_terms, AlignedFloats(n));
      for (int i = 0; i < n; ++i) {
        double expected = 0;
        for (int p = 0; p < n_terms; ++p) expected += 0.1 * (p + 1) * rows[p * n + i];
        ASSERT_NEAR(before[i] - after[i], expected, 1e-5) << isa;
      }
    }
}

TEST(Pull, MovesAsTheOptimisersNaiveTwin) {
  const AlignedFloats before = random_numbers(n, 1), rows = random_numbers(n, 2);
  for (const UpdateRule& by : all_update_rules())
    for (const std::string& isa : all_isas()) {
      const AlignedFloats after = pulled(isa, by, rows, 1, random_numbers(n, 3));
      const AlignedFloats velocity = random_numbers(n, 3), squares = positive_numbers();
      for (int i = 0; i < n; ++i) {
        double value = before[i], first = velocity[i], second = squares[i];
        reference::update<double>(by, value, first, second, 0.1 * rows[i]);
        ASSERT_NEAR(after[i], value, 1e-5 * (1 + std::abs(value))) << isa;
      }
    }
}

TEST(Pull, ARowWithoutPullsStillCoasts) {
  const UpdateRule coasting{Optimizer::sgd, 1, 0.5f, 0, 0, 0, 1, 1};
  const AlignedFloats before = random_numbers(n, 1), velocity = random_numbers(n, 7);
  const AlignedFloats after = pulled("portable", coasting, {}, 0, random_numbers(n, 7));
  for (int i = 0; i < n; ++i) EXPECT_FLOAT_EQ(after[i], before[i] - 0.5f * velocity[i]);
}

TEST(DeltaRow, EqualsTheFormula) {
  for (const std::string& isa : all_isas()) {
    AlignedFloats code(16), slope(16);
    code[0] = 0.5f, code[1] = 0.25f;
    slope[0] = 2, slope[1] = -1;
    const PenaltySlope penalty{.l1 = 0.5f, .unit = 0.25f};
    const float sum =
        kernels_for(isa).delta_row(Activation::sigmoid, penalty, 0.1f, 2, code.data(), slope.data());
    EXPECT_FLOAT_EQ(slope[0], 0.1f * 2.75f * 0.25f);
    EXPECT_FLOAT_EQ(slope[1], 0.1f * -0.25f * 0.1875f);
    EXPECT_FLOAT_EQ(sum, slope[0] + slope[1]);
    EXPECT_FLOAT_EQ(code[0], 0.05f);
  }
}

}  // namespace
}  // namespace ksweep
