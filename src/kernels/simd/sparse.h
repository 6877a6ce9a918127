// Products of sparse features with few columns.  Included only by versions.cpp.
//
// The rows of `out` (or `right`) that belong to a block stay in the first-level cache; features are processed
// one after the other, each with its row of the other matrix in registers.
#pragma once

constexpr int n_abreast = 4;  // entries of a feature at a time; they belong to different samples

static void sparse_product(const SparseBlock& block, const float* right, int n_columns, float* out) {
  for (int column = 0; column < n_columns; column += lanes)
    for (int feature = 0; feature < block.n_features; ++feature) {
      const float* from = right + static_cast<std::ptrdiff_t>(feature) * n_columns + column;
      Vector row[per_group];
      for (int v = 0; v < per_group; ++v) row[v] = load(from + v * width);
      const int end = block.begin[feature + 1];
      int e = block.begin[feature];
      for (; e + n_abreast <= end; e += n_abreast)
        for (int v = 0; v < per_group; ++v) {
          float* to[n_abreast];
          Vector sum[n_abreast];
#pragma GCC unroll 4
          for (int i = 0; i < n_abreast; ++i) {
            to[i] = out + block.sample[e + i] * n_columns + column + v * width;
            sum[i] = load(to[i]) + block.value[e + i] * row[v];
          }
#pragma GCC unroll 4
          for (int i = 0; i < n_abreast; ++i) store(to[i], sum[i]);
        }
      for (; e < end; ++e) {
        float* to = out + block.sample[e] * n_columns + column;
        for (int v = 0; v < per_group; ++v)
          store(to + v * width, load(to + v * width) + block.value[e] * row[v]);
      }
    }
}

static void transposed_sparse_product(const SparseBlock& block, const float* right, int n_columns,
                                      float* out) {
  const auto add = [&](Vector* sum, int e, int column) {
    const float* row = right + block.sample[e] * n_columns + column;
    for (int v = 0; v < per_group; ++v) sum[v] += block.value[e] * load(row + v * width);
  };
  for (int column = 0; column < n_columns; column += lanes)
    for (int feature = 0; feature < block.n_features; ++feature) {
      float* to = out + static_cast<std::ptrdiff_t>(feature) * n_columns + column;
      Vector sum[n_partial][per_group] = {};
      const int end = block.begin[feature + 1];
      int e = block.begin[feature];
      for (; e + n_partial <= end; e += n_partial)
#pragma GCC unroll 4
        for (int part = 0; part < n_partial; ++part) add(sum[part], e + part, column);
      for (; e < end; ++e) add(sum[0], e, column);
      for (int v = 0; v < per_group; ++v)
        store(to + v * width, load(to + v * width) + ((sum[0][v] + sum[1][v]) + (sum[2][v] + sum[3][v])));
    }
}
