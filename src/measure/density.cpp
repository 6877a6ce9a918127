#include "measure/density.h"

#include <algorithm>
#include <array>
#include <cassert>

namespace ksweep {
namespace {

/// The lower edges of bins 2 and above, written out so that no rounding of a logarithm moves a unit at an edge.
constexpr double q1 = 1.7782794100389228, q2 = 3.1622776601683795, q3 = 5.6234132519034908;
constexpr auto edges =
    std::to_array<double>({q1 * 1e-6, q2 * 1e-6, q3 * 1e-6, 1e-5, q1 * 1e-5, q2 * 1e-5, q3 * 1e-5, 1e-4,
                           q1 * 1e-4, q2 * 1e-4, q3 * 1e-4, 1e-3, q1 * 1e-3, q2 * 1e-3, q3 * 1e-3, 1e-2,
                           q1 * 1e-2, q2 * 1e-2, q3 * 1e-2, 1e-1, q1 * 1e-1, q2 * 1e-1, q3 * 1e-1});
static_assert(edges.size() + 2 == n_density_bins);

}  // namespace

Density density_of(std::span<const std::uint32_t> active, std::uint64_t n_samples) {
  assert(n_samples > 0);
  Density density{std::vector<double>(n_density_bins)};
  for (const std::uint32_t count : active) {
    if (count == 0) ++density.n_dead;
    if (2 * std::uint64_t{count} > n_samples) ++density.n_always_on;
    const double share = count / static_cast<double>(n_samples);
    const auto bin = count == 0 ? 0 : 1 + (std::ranges::upper_bound(edges, share) - edges.begin());
    ++density.histogram[static_cast<std::size_t>(bin)];
  }
  return density;
}

}  // namespace ksweep
