// C = start + A B in register tiles.  Included only by versions.cpp.
#pragma once

/// Progress of prefetching.
struct Ahead {
  std::ptrdiff_t next, end;  // cache lines, both runs counted together
  int lines_per_step;
};

constexpr int step_length = 16;  // values of q between two bursts of prefetches
constexpr int line = 16;         // floats

static inline void fetch(const Product& p, Ahead& ahead) {
  const std::ptrdiff_t per_run = ahead.end / 2;
  for (int i = 0; i < ahead.lines_per_step && ahead.next < ahead.end; ++i, ++ahead.next)
    __builtin_prefetch(
        ahead.next < per_run ? p.ahead[0] + ahead.next * line : p.ahead[1] + (ahead.next - per_run) * line, 0,
        2);
}

/// Terms of the sum: products of numbers ...
struct Numbers {
  static inline void add(Vector& sum, const float* a, Vector b) { sum += *a * b; }
};

#if defined(__AVX512BF16__)
/// ... or of pairs of bf16 numbers (kernels/screening.h).
struct Pairs {
  static inline void add(Vector& sum, const float* a, Vector b) {
    typedef std::int32_t Pair __attribute__((may_alias));
    const __m512i both = _mm512_set1_epi32(*reinterpret_cast<const Pair*>(a));
    sum = reinterpret_cast<Vector>(_mm512_dpbf16_ps(
        reinterpret_cast<__m512>(sum), reinterpret_cast<__m512bh>(both), reinterpret_cast<__m512bh>(b)));
  }
};
#endif

/// Adds n terms to each sum of a tile.
template <class Terms, int Rows, int Groups>
[[gnu::always_inline]] static inline void add_terms(const Product& p, int n, const float* a, const float* b,
                                                    Vector (&sum)[Rows][Groups * per_group]) {
  constexpr int n_vectors = Groups * per_group;
  for (int i = 0; i < n; ++i, a += p.a_inner, b += p.b_inner) {
    Vector right[n_vectors];
#pragma GCC unroll 16
    for (int v = 0; v < n_vectors; ++v)
      right[v] = load(b + v / per_group * p.b_group + v % per_group * width);
#pragma GCC unroll 16
    for (int r = 0; r < Rows; ++r)
#pragma GCC unroll 16
      for (int v = 0; v < n_vectors; ++v) Terms::add(sum[r][v], a + r * p.a_row, right[v]);
  }
}

template <class Terms, int Rows, int Groups>
static void tile(const Product& p, int row, int group, Ahead& ahead) {
  constexpr int n_vectors = Groups * per_group;
  Vector sum[Rows][n_vectors];
  float* const c = p.c + row * p.c_row + group * p.c_group;
#pragma GCC unroll 16
  for (int r = 0; r < Rows; ++r)
#pragma GCC unroll 16
    for (int v = 0; v < n_vectors; ++v)
      sum[r][v] = p.accumulate ? load(c + r * p.c_row + v / per_group * p.c_group + v % per_group * width)
                               : all(p.row_start ? p.row_start[row + r] : 0.0f);

  const float* a = p.a + row * p.a_row;
  const float* b = p.b + group * p.b_group;
  for (int q = 0; q < p.n_inner; q += step_length) {
    fetch(p, ahead);
    const float* const next = a + step_length * p.a_inner;
#pragma GCC unroll 16
    for (int r = 0; r < Rows; ++r) __builtin_prefetch(next + r * p.a_row);
    const int left = p.n_inner - q;
    add_terms<Terms, Rows, Groups>(p, left < step_length ? left : step_length, a, b, sum);
    a = next;
    b += step_length * p.b_inner;
  }

#pragma GCC unroll 16
  for (int r = 0; r < Rows; ++r)
#pragma GCC unroll 16
    for (int v = 0; v < n_vectors; ++v)
      store(c + r * p.c_row + v / per_group * p.c_group + v % per_group * width, sum[r][v]);
}

/// Rows of a tile with this many groups: as many as fit into registers beside one row of B.
#if defined(__AVX512F__)
template <int Groups>
constexpr int tile_rows = Groups == 4   ? 6
                          : Groups == 3 ? 8
                          : Groups == 2 ? 12
                                        : 16;
constexpr int most_groups = 4;
#elif defined(__AVX2__)
template <int Groups>
constexpr int tile_rows = 6;
constexpr int most_groups = 1;
#else
template <int Groups>
constexpr int tile_rows = 3;
constexpr int most_groups = 1;
#endif

template <class Terms, int Groups>
static void rows_of_tiles(const Product& p, int begin, int end, int group, Ahead& ahead) {
  int row = begin;
  for (; row + tile_rows<Groups> <= end; row += tile_rows<Groups>)
    tile<Terms, tile_rows<Groups>, Groups>(p, row, group, ahead);
  for (; row + 2 <= end; row += 2) tile<Terms, 2, Groups>(p, row, group, ahead);
  if (row < end) tile<Terms, 1, Groups>(p, row, group, ahead);
}

template <class Terms>
static void groups_of_tiles(const Product& p, int begin, int end, int group, int n_groups, Ahead& ahead) {
#if defined(__AVX512F__)
  if (n_groups == 4) return rows_of_tiles<Terms, 4>(p, begin, end, group, ahead);
  if (n_groups == 3) return rows_of_tiles<Terms, 3>(p, begin, end, group, ahead);
  if (n_groups == 2) return rows_of_tiles<Terms, 2>(p, begin, end, group, ahead);
#endif
  (void)n_groups;
  rows_of_tiles<Terms, 1>(p, begin, end, group, ahead);
}

/// Spreads prefetches over the tiles, which have about 24 rows of groups each.
static Ahead plan_ahead(const Product& p) {
  if (!p.ahead[0] || p.n_ahead == 0) return {0, 0, 0};
  const std::ptrdiff_t lines = 2 * (p.n_ahead / line);
  const std::ptrdiff_t steps = (p.n_rows * p.n_groups / 24 + 1) * (p.n_inner / step_length + 1);
  return {0, lines, static_cast<int>(lines / steps + 1)};
}

/// Streams the larger operand once; blocks of the other one stay in the cache.
template <class Terms>
static void product_of(const Product& p) {
  Ahead ahead = plan_ahead(p);
  constexpr int row_block = 48;  // a multiple of every tile height
  // Not one or two after four: narrow tiles are slower.
  const auto next_groups = [&](int group) {
    const int left = p.n_groups - group;
    if (most_groups > 2 && left > most_groups && left <= most_groups + 2) return most_groups - 1;
    return left < most_groups ? left : most_groups;
  };
  if (p.n_rows > p.n_groups * lanes) {
    for (int row = 0; row < p.n_rows; row += row_block) {
      const int end = row + row_block < p.n_rows ? row + row_block : p.n_rows;
      for (int group = 0, step; group < p.n_groups; group += step)
        groups_of_tiles<Terms>(p, row, end, group, step = next_groups(group), ahead);
    }
  } else {
    for (int group = 0, step; group < p.n_groups; group += step)
      groups_of_tiles<Terms>(p, 0, p.n_rows, group, step = next_groups(group), ahead);
  }
}

/// Computes `Rows` rows, which lie anywhere, by one group.
template <int Rows>
static void tile_of_rows(const float* const* rows, const float* start, int n_inner, const float* packed,
                         float* c) {
  const float* row[Rows];
  Vector sum[Rows][per_group];
#pragma GCC unroll 16
  for (int r = 0; r < Rows; ++r) {
    row[r] = rows[r];
#pragma GCC unroll 16
    for (int v = 0; v < per_group; ++v) sum[r][v] = all(start[r]);
  }
  for (int q = 0; q < n_inner; ++q, packed += lanes) {
    Vector right[per_group];
#pragma GCC unroll 16
    for (int v = 0; v < per_group; ++v) right[v] = load(packed + v * width);
#pragma GCC unroll 16
    for (int r = 0; r < Rows; ++r)
#pragma GCC unroll 16
      for (int v = 0; v < per_group; ++v) Numbers::add(sum[r][v], row[r] + q, right[v]);
  }
#pragma GCC unroll 16
  for (int r = 0; r < Rows; ++r)
#pragma GCC unroll 16
    for (int v = 0; v < per_group; ++v) store(c + r * lanes + v * width, sum[r][v]);
}

static void product_of_rows(const float* const* rows, const float* start, int n_rows, int n_inner,
                            const float* packed, float* c) {
  constexpr int most = 8 / per_group > 0 ? 8 / per_group : 1;  // sums that hide a multiply-add's latency
  int row = 0;
  const auto tiles = [&]<int Rows>() {
    for (; row + Rows <= n_rows; row += Rows)
      tile_of_rows<Rows>(rows + row, start + row, n_inner, packed, c + row * lanes);
  };
  tiles.template operator()<most>();
  if constexpr (most > 4) tiles.template operator()<4>();
  if constexpr (most > 2) tiles.template operator()<2>();
  tiles.template operator()<1>();
}
