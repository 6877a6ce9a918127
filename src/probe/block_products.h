#pragma once

#include <omp.h>

#include "base/team.h"
#include "kernels/aligned.h"
#include "probe/features.h"

namespace ksweep {

/// A dense matrix that samples are multiplied with: (n_features x n_columns), n_columns a multiple of
/// `lanes`.
struct Columns {
  int n_columns = 0;
  AlignedFloats values;

  Columns() = default;
  Columns(int n_features, int n_wanted)
      : n_columns(padded(n_wanted)), values(static_cast<std::size_t>(n_features) * n_columns) {}

  float& at(int feature, int column) { return values[std::ptrdiff_t{feature} * n_columns + column]; }
  float at(int feature, int column) const { return values[std::ptrdiff_t{feature} * n_columns + column]; }
};

/// Samples per block of products.
inline constexpr std::size_t product_block = Features::block_size;

inline std::size_t n_product_blocks(const Features& features) {
  return (features.n_samples + product_block - 1) / product_block;
}

/// Scratch of one thread.  Allocated in advance, since nothing may throw in a parallel region.
struct ProductScratch {
  AlignedFloats rows, products;
  ProductScratch(const Features& features, int n_columns);
};

/// Returns the dot products of a block's samples with all columns, (samples of the block x n_columns), in the
/// scratch.
const float* block_products(const Kernels& kernels, const Features& features, std::size_t block,
                            const Columns& columns, ProductScratch& scratch);

/// Calls use(first sample, number of samples, their products with all columns) for each block, in parallel.
template <class Use>
void for_each_block_of_products(const Kernels& kernels, const Features& features, const Columns& columns,
                                const Team& team, const Use& use) {
  std::vector<ProductScratch> scratch;
  for (int thread = 0; thread < team.n_threads(); ++thread) scratch.emplace_back(features, columns.n_columns);
#pragma omp parallel for num_threads(team.n_threads()) schedule(static)
  for (std::size_t block = 0; block < n_product_blocks(features); ++block) {
    auto& own = scratch[static_cast<std::size_t>(omp_get_thread_num())];
    const std::size_t first = block * product_block;
    use(first, std::min(product_block, features.n_samples - first),
        block_products(kernels, features, block, columns, own));
  }
}

/// Returns `count` consecutive dense rows: the original ones, or copies in `rows` if the samples are scattered.
const float* contiguous(const Features& features, std::size_t first, std::size_t count, float* rows);

}  // namespace ksweep
