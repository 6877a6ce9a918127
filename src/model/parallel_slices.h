#pragma once

#include <omp.h>

#include <algorithm>

namespace ksweep {

/// Some of the hidden units, or of the samples.
struct Range {
  int begin, end;
  int count() const { return end - begin; }
};

/// Calls work(Range) for all of [0, count), at most `step` at a time.  Each thread has one stretch of whole tiles.
template <class Work>
void share_out(int count, int step, int n_threads, const Work& work) {
  constexpr int tile =
      48;  // a multiple of `lanes` and of the rows of register tiles (kernels/simd/product.h)
#pragma omp parallel num_threads(n_threads)
  {
    const int thread = omp_get_thread_num(), n_tiles = (count + tile - 1) / tile;
    const int begin = tile * (n_tiles * thread / omp_get_num_threads());
    const int end = std::min(count, tile * (n_tiles * (thread + 1) / omp_get_num_threads()));
    for (int first = begin; first < end; first += step) work(Range{first, std::min(first + step, end)});
  }
}

}  // namespace ksweep
