// A last group of few columns, whose vectors would be mostly empty.  Included only by versions.cpp.
#pragma once

#if defined(__AVX512F__)
constexpr int quad = 4;  // columns, or rows, that share a vector

static inline Vector load_four_times(const float* from) {
  return reinterpret_cast<Vector>(_mm512_maskz_broadcast_f32x4(0xffff, _mm_loadu_ps(from)));
}

/// Returns `quad` numbers from each of `quad` rows, one row after the other.
static inline __m512 load_quads(const float* rows, std::ptrdiff_t stride) {
  __m512 quads = _mm512_maskz_broadcast_f32x4(0xffff, _mm_loadu_ps(rows));
  quads = _mm512_mask_broadcast_f32x4(quads, 0x00f0, _mm_loadu_ps(rows + stride));
  quads = _mm512_mask_broadcast_f32x4(quads, 0x0f00, _mm_loadu_ps(rows + 2 * stride));
  return _mm512_mask_broadcast_f32x4(quads, 0xf000, _mm_loadu_ps(rows + 3 * stride));
}

/// Adds the products of number q of each row.
template <int q>
static inline void add_number(Vector& sum, __m512 rows, const Vector* columns) {
  sum += reinterpret_cast<Vector>(_mm512_maskz_permute_ps(0xffff, rows, q * 0x55)) * columns[q];
}

/// Lane (r, c) of a sum is column c of row r.
template <int n_sums>
static void tile_of_quads(const Product& p, int row, int group) {
  Vector sum[n_sums] = {};
  if (p.row_start)
    for (int r = 0; r < n_sums * quad; ++r)
      for (int column = 0; column < quad; ++column)
        sum[r / quad][r % quad * quad + column] = p.row_start[row + r];
  const float* a = p.a + row * p.a_row;
  const float* b = p.b + group * p.b_group;
  for (int q = 0; q < p.n_inner; q += quad, a += quad) {
    Vector columns[quad];
#pragma GCC unroll 4
    for (int i = 0; i < quad; ++i, b += p.b_inner) columns[i] = load_four_times(b);
#pragma GCC unroll 8
    for (int s = 0; s < n_sums; ++s) {
      const __m512 rows = load_quads(a + s * quad * p.a_row, p.a_row);
      add_number<0>(sum[s], rows, columns);
      add_number<1>(sum[s], rows, columns);
      add_number<2>(sum[s], rows, columns);
      add_number<3>(sum[s], rows, columns);
    }
  }
  float* const c = p.c + row * p.c_row + group * p.c_group;
  for (int r = 0; r < n_sums * quad; ++r)
    __builtin_memcpy(c + r * p.c_row, reinterpret_cast<const float*>(sum) + r * quad, quad * sizeof(float));
}

static bool ends_in_a_quad(const Product& p) {
  return p.last_columns <= quad && p.n_groups > 0 && p.a_inner == 1 && p.n_inner % quad == 0 && !p.accumulate;
}

static void product_of_last_group(const Product& p) {
  const int group = p.n_groups - 1;
  int row = 0;
  for (; row + 6 * quad <= p.n_rows; row += 6 * quad) tile_of_quads<6>(p, row, group);
  for (; row + 2 * quad <= p.n_rows; row += 2 * quad) tile_of_quads<2>(p, row, group);
  Ahead none{0, 0, 0};
  rows_of_tiles<Numbers, 1>(p, row, p.n_rows, group, none);
}
#endif

static void product(const Product& p) {
#if defined(__AVX512F__)
  if (ends_in_a_quad(p)) {
    Product full = p;
    --full.n_groups;
    product_of<Numbers>(full);
    return product_of_last_group(p);
  }
#endif
  product_of<Numbers>(p);
}
