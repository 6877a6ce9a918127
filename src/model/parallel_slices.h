#pragma once

#include <omp.h>

#include <algorithm>

#include "core/row_layout.h"

namespace ksweep {

/// A range of hidden units or samples.
struct Range {
  int begin, end;
  int count() const { return end - begin; }
};

/// Calls work(Range) for slices of [0, count) of at most `step`, in parallel.  Each thread has one range of
/// whole tiles.
template <class Work>
void parallel_slices(int count, int step, int n_threads, const Work& work) {
  constexpr int tile =
      slice_size;  // a multiple of `lanes` and of the rows of register tiles (kernels/simd/product.h)
#pragma omp parallel num_threads(n_threads)
  {
    const int thread = omp_get_thread_num(), n_tiles = (count + tile - 1) / tile;
    const int begin = tile * (n_tiles * thread / omp_get_num_threads());
    const int end = std::min(count, tile * (n_tiles * (thread + 1) / omp_get_num_threads()));
    for (int first = begin; first < end; first += step) work(Range{first, std::min(first + step, end)});
  }
}

}  // namespace ksweep
