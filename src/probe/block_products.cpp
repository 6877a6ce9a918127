#include "probe/block_products.h"

#include <algorithm>

#include "kernels/matrix_product.h"

namespace ksweep {
namespace {

constexpr std::size_t dense_block =
    48;  // rows that fit into the cache; a multiple of every register tile's height

void dense_products(const Kernels& kernels, const Features& features, std::size_t first, std::size_t end,
                    const Columns& columns, ProductScratch& scratch) {
  for (std::size_t begin = first; begin < end; begin += dense_block) {
    const std::size_t count = std::min(dense_block, end - begin);
    kernels.product(matrix_product(
        {static_cast<int>(count), columns.n_columns / lanes, features.n_features},
        rows_of(contiguous(features, begin, count, scratch.rows.data()), features.n_features),
        by_row(columns.values.data(), columns.n_columns),
        scratch.products.data() + (begin - first) * static_cast<std::size_t>(columns.n_columns),
        columns.n_columns));
  }
}

}  // namespace

const float* contiguous(const Features& features, std::size_t first, std::size_t count, float* rows) {
  const auto n = static_cast<std::size_t>(features.n_features);
  if (features.chosen.empty()) return features.rows + first * n;
  for (std::size_t i = 0; i < count; ++i) std::copy_n(features.dense_row(first + i), n, rows + i * n);
  return rows;
}

ProductScratch::ProductScratch(const Features& features, int n_columns)
    : products(product_block * static_cast<std::size_t>(n_columns)) {
  const bool scattered = features.dense() && !features.chosen.empty();
  if (scattered) rows = AlignedFloats(dense_block * static_cast<std::size_t>(features.n_features));
}

const float* block_products(const Kernels& kernels, const Features& features, std::size_t block,
                            const Columns& columns, ProductScratch& scratch) {
  const std::size_t first = block * product_block, end = std::min(first + product_block, features.n_samples);
  const auto n_columns = static_cast<std::size_t>(columns.n_columns);
  float* const products = scratch.products.data();
  if (features.dense()) {
    dense_products(kernels, features, first, end, columns, scratch);
    return products;
  }
  std::fill_n(products, (end - first) * n_columns, 0.0f);
  kernels.sparse_product(features.block(block), columns.values.data(), columns.n_columns, products);
  return products;
}

}  // namespace ksweep
