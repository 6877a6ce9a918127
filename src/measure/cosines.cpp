#include "measure/cosines.h"

#include <omp.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <vector>

#include "core/row_layout.h"
#include "core/trial_keys.h"
#include "kernels/matrix_product.h"

namespace ksweep {
namespace {

// A multiple of every register tile's height (kernels/simd/product.h); so many rows stay in the cache.
constexpr int block = 48;

AlignedFloats packed(const Kernels& kernels, const UnitRows& rows) {
  AlignedFloats result(static_cast<std::size_t>(padded(rows.n)) * static_cast<std::size_t>(rows.stride));
  for (int first = 0; first < rows.n; first += lanes)
    kernels.pack(rows.row(first), std::min(lanes, rows.n - first), rows.stride, rows.stride,
                 result.data() + std::ptrdiff_t{first} * rows.stride);
  return result;
}

}  // namespace

Sign sign_of_directions(const Trial& trial) {
  const bool has_both_signs = trial.activation == Activation::linear && trial.kind != ModelKind::rbm;
  return has_both_signs && encodes_all(trial.kind) ? Sign::ignored : Sign::matters;
}

void for_each_cosines(const Kernels& kernels, const UnitRows& left, const UnitRows& right, const Team& team,
                      Sign sign, const std::function<void(const CosineRows&)>& use) {
  assert(left.stride == right.stride);
  const AlignedFloats of_right = packed(kernels, right);
  const int stride = padded(right.n);
  std::vector<AlignedFloats> scratch;
  for (int thread = 0; thread < team.n_threads(); ++thread)
    scratch.emplace_back(static_cast<std::size_t>(block) * static_cast<std::size_t>(stride));
#pragma omp parallel for num_threads(team.n_threads()) schedule(static)
  for (int first = 0; first < left.n; first += block) {
    float* const cosines = scratch[static_cast<std::size_t>(omp_get_thread_num())].data();
    const int count = std::min(block, left.n - first);
    kernels.product(matrix_product({count, stride / lanes, left.stride},
                                   rows_of(left.row(first), left.stride),
                                   packed_samples(of_right.data(), right.stride), cosines, stride));
    if (sign == Sign::ignored)
      for (std::ptrdiff_t i = 0; i < std::ptrdiff_t{count} * stride; ++i) cosines[i] = std::abs(cosines[i]);
    use({first, count, cosines, stride});
  }
}

}  // namespace ksweep
