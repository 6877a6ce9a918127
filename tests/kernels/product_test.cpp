#include <gtest/gtest.h>

#include <vector>

#include "kernels/isa.h"
#include "random_numbers.h"

namespace ksweep {
namespace {

struct Case {
  int n_rows, n_groups, n_inner;
  bool accumulate, row_start;
};

class ProductOnEveryIsa : public testing::TestWithParam<Case> {};

TEST_P(ProductOnEveryIsa, EqualsTheNaiveSum) {
  const Case c = GetParam();
  const int columns = c.n_groups * lanes;
  const AlignedFloats a = random_numbers(std::size_t(c.n_rows) * c.n_inner, 1),
                      b = random_numbers(std::size_t(c.n_inner) * columns, 2),
                      start = random_numbers(std::size_t(c.n_rows), 3),
                      before = random_numbers(std::size_t(c.n_rows) * columns, 4);
  for (const std::string& isa : all_isas()) {
    AlignedFloats result(before.size());
    std::copy_n(before.data(), before.size(), result.data());
    kernels_for(isa).product({c.n_rows, c.n_groups, c.n_inner, a.data(), c.n_inner, 1, b.data(), columns,
                              lanes, result.data(), columns, lanes, c.row_start ? start.data() : nullptr,
                              c.accumulate});
    for (int row = 0; row < c.n_rows; ++row)
      for (int column = 0; column < columns; ++column) {
        double sum = c.accumulate ? before[row * columns + column] : c.row_start ? start[row] : 0.0f;
        for (int q = 0; q < c.n_inner; ++q) sum += double(a[row * c.n_inner + q]) * b[q * columns + column];
        ASSERT_NEAR(result[row * columns + column], sum, 1e-5 * (1 + c.n_inner))
            << isa << " " << row << " " << column;
      }
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, ProductOnEveryIsa,
                         testing::Values(Case{1, 1, 1, false, false}, Case{7, 1, 5, false, true},
                                         Case{13, 2, 17, true, false}, Case{8, 3, 33, false, true},
                                         Case{29, 4, 64, false, false}, Case{5, 5, 9, true, false},
                                         Case{97, 7, 40, false, true}, Case{3, 49, 10, true, false}));

TEST(Product, Avx2AndAvx512GiveTheSameBits) {
  const auto isas = available_isas();
  if (isas.size() < 3) GTEST_SKIP() << "this CPU lacks avx512";
  const AlignedFloats a = random_numbers(50 * 784, 1), b = random_numbers(784 * 112, 2);
  AlignedFloats left(50 * 112), right(50 * 112);
  const auto run = [&](const char* isa, AlignedFloats& c) {
    kernels_for(isa).product(
        {50, 7, 784, a.data(), 784, 1, b.data(), 112, lanes, c.data(), 112, lanes, nullptr, false});
  };
  run("avx2", left);
  run("avx512", right);
  for (std::size_t i = 0; i < left.size(); ++i) ASSERT_EQ(left[i], right[i]) << i;
}

struct LastColumns {
  int n_rows, n_groups, n_inner, wanted;
  bool accumulate, row_start;
};

class ProductOfSomeColumns : public testing::TestWithParam<LastColumns> {};

TEST_P(ProductOfSomeColumns, HasTheBitsOfTheProductOfAll) {
  const LastColumns c = GetParam();
  const int columns = c.n_groups * lanes;
  const AlignedFloats a = random_numbers(std::size_t(c.n_rows) * c.n_inner, 1),
                      b = random_numbers(std::size_t(c.n_inner) * columns, 2),
                      start = random_numbers(std::size_t(c.n_rows), 3),
                      before = random_numbers(std::size_t(c.n_rows) * columns, 4);
  for (const std::string& isa : all_isas()) {
    const auto run = [&](int last_columns) {
      AlignedFloats result(before.size());
      std::copy_n(before.data(), before.size(), result.data());
      kernels_for(isa).product({.n_rows = c.n_rows,
                                .n_groups = c.n_groups,
                                .n_inner = c.n_inner,
                                .a = a.data(),
                                .a_row = c.n_inner,
                                .a_inner = 1,
                                .b = b.data(),
                                .b_inner = columns,
                                .b_group = lanes,
                                .c = result.data(),
                                .c_row = columns,
                                .c_group = lanes,
                                .row_start = c.row_start ? start.data() : nullptr,
                                .accumulate = c.accumulate,
                                .last_columns = last_columns});
      return result;
    };
    const AlignedFloats some = run(c.wanted), all = run(lanes);
    for (int row = 0; row < c.n_rows; ++row)
      for (int column = 0; column < columns - lanes + c.wanted; ++column)
        ASSERT_EQ(some[row * columns + column], all[row * columns + column])
            << isa << " " << row << " " << column;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, ProductOfSomeColumns,
    testing::Values(LastColumns{48, 7, 784, 4, false, true}, LastColumns{47, 1, 16, 1, false, false},
                    LastColumns{40, 2, 12, 3, true, false}, LastColumns{9, 3, 10, 2, false, true},
                    LastColumns{3, 1, 8, 4, false, true}, LastColumns{30, 2, 32, 5, false, true}));

}  // namespace
}  // namespace ksweep
