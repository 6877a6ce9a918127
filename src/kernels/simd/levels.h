// Products of samples with few non-zero inputs and weights with few columns.  Included only by versions.cpp.
#pragma once

/// Sums entries in n_partial interleaved parts, which hides the latency of addition; the order does not
/// depend on the number of groups of columns per call.
template <int Groups>
static void gather_groups(LevelEntries entries, const float* rows, int n_columns, const float* start,
                          float* out) {
  constexpr int n_vectors = Groups * per_group;
  Vector sum[n_partial][n_vectors] = {};
  const auto add = [&](Vector* part, int e) {
    const float value = entries.values[entries.level[e]];
    const float* row = rows + static_cast<std::ptrdiff_t>(entries.index[e]) * n_columns;
#pragma GCC unroll 16
    for (int v = 0; v < n_vectors; ++v) part[v] += value * load(row + v * width);
  };
  int e = 0;
  for (; e + n_partial <= entries.count; e += n_partial)
#pragma GCC unroll 4
    for (int part = 0; part < n_partial; ++part) add(sum[part], e + part);
  for (; e < entries.count; ++e) add(sum[0], e);
  for (int v = 0; v < n_vectors; ++v)
    store(out + v * width, load(start + v * width) + ((sum[0][v] + sum[1][v]) + (sum[2][v] + sum[3][v])));
}

static void gather_levels(const LevelEntries& entries, const float* rows, int n_columns, const float* start,
                          float* out) {
  int column = 0;
#if defined(__AVX512F__)
  for (; column + 2 * lanes <= n_columns; column += 2 * lanes)
    gather_groups<2>(entries, rows + column, n_columns, start + column, out + column);
#endif
  for (; column < n_columns; column += lanes)
    gather_groups<1>(entries, rows + column, n_columns, start + column, out + column);
}

template <int Groups>
static void scatter_groups(LevelEntries entries, const float* row, int n_columns, float* rows) {
  constexpr int n_vectors = Groups * per_group;
  Vector source[n_vectors];
  for (int v = 0; v < n_vectors; ++v) source[v] = load(row + v * width);
  // Two entries at a time, since they belong to different rows.
  int e = 0;
  for (; e + 2 <= entries.count; e += 2) {
    const float value = entries.values[entries.level[e]], other = entries.values[entries.level[e + 1]];
    float* to = rows + static_cast<std::ptrdiff_t>(entries.index[e]) * n_columns;
    float* too = rows + static_cast<std::ptrdiff_t>(entries.index[e + 1]) * n_columns;
    Vector sum[n_vectors], more[n_vectors];
#pragma GCC unroll 16
    for (int v = 0; v < n_vectors; ++v) {
      sum[v] = load(to + v * width) + value * source[v];
      more[v] = load(too + v * width) + other * source[v];
    }
#pragma GCC unroll 16
    for (int v = 0; v < n_vectors; ++v) {
      store(to + v * width, sum[v]);
      store(too + v * width, more[v]);
    }
  }
  if (e < entries.count) {
    const float value = entries.values[entries.level[e]];
    float* to = rows + static_cast<std::ptrdiff_t>(entries.index[e]) * n_columns;
    for (int v = 0; v < n_vectors; ++v) store(to + v * width, load(to + v * width) + value * source[v]);
  }
}

static void scatter_levels(const LevelEntries& entries, const float* row, int n_columns, float* rows) {
  int column = 0;
  for (; column + 2 * lanes <= n_columns; column += 2 * lanes)
    scatter_groups<2>(entries, row + column, n_columns, rows + column);
  for (; column < n_columns; column += lanes)
    scatter_groups<1>(entries, row + column, n_columns, rows + column);
}
