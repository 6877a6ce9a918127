#pragma once

#include "kernels/kernels.h"

namespace ksweep {

/// n_rows x n_inner times n_inner x (n_groups * lanes).
struct ProductSize {
  int n_rows, n_groups, n_inner;
};

/// How the factor A of a Product lies in memory.
struct LeftFactor {
  const float* numbers;
  std::ptrdiff_t row, inner;
};
inline LeftFactor rows_of(const float* numbers, std::ptrdiff_t stride) { return {numbers, stride, 1}; }
/// A is the transpose of what lies there row by row.
inline LeftFactor columns_of(const float* numbers, std::ptrdiff_t stride) { return {numbers, 1, stride}; }

/// How B lies in memory.
struct RightFactor {
  const float* numbers;
  std::ptrdiff_t inner, group;
};
inline RightFactor by_row(const float* numbers, std::ptrdiff_t stride) { return {numbers, stride, lanes}; }
/// As Kernels::pack leaves samples of n_inner numbers.
inline RightFactor packed_samples(const float* numbers, int n_inner) {
  return {numbers, lanes, std::ptrdiff_t{n_inner} * lanes};
}

/// C = A B, row by row; c_group: from one group of columns to the next.
inline Product matrix_product(ProductSize size, LeftFactor a, RightFactor b, float* c,
                              std::ptrdiff_t c_stride, std::ptrdiff_t c_group = lanes) {
  return {.n_rows = size.n_rows,
          .n_groups = size.n_groups,
          .n_inner = size.n_inner,
          .a = a.numbers,
          .a_row = a.row,
          .a_inner = a.inner,
          .b = b.numbers,
          .b_inner = b.inner,
          .b_group = b.group,
          .c = c,
          .c_row = c_stride,
          .c_group = c_group,
          .row_start = nullptr,
          .accumulate = false};
}

/// C += A B, row by row.
inline Product added_product(ProductSize size, LeftFactor a, RightFactor b, float* c,
                             std::ptrdiff_t c_stride) {
  Product product = matrix_product(size, a, b, c, c_stride);
  product.accumulate = true;
  return product;
}

}  // namespace ksweep
